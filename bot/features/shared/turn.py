"""The person and the chat of a request."""

import re
from dataclasses import dataclass

from bot.domain.object_ids import parse_object_id
from bot.domain.values import Chat, ObjectId, Person

_ONE_TO_ONE = re.compile(r"19:([0-9a-f-]{36})_([0-9a-f-]{36})@unq\.gbl\.spaces", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The chat and the person of a turn."""

    chat: Chat
    person: Person
    private: bool
    """True if only the person sees the answer."""
    time_zone: str | None = None
    """IANA name of the time zone of the person's client, if it sends a known one."""
    language: str | None = None
    """Language of the person's client as a BCP 47 tag, if it sends one with a catalog."""

    @property
    def key(self) -> tuple[str, str, str]:
        """The person and the chat, who send one request at a time."""
        return (self.person.account_id, self.person.object_id or "", self.chat.id)


def other_member(chat: Chat, person: Person) -> ObjectId | None:
    """Return the other person of a one-to-one chat, if the chat's ID contains both."""
    found = _ONE_TO_ONE.fullmatch(chat.id)
    members = [parse_object_id(each) for each in found.groups()] if found else []
    if person.object_id not in members:
        return None
    return next((each for each in members if each != person.object_id), None)
