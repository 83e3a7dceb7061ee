"""Who asks, and where."""

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
    """Whether nobody but the person sees what is answered."""

    @property
    def key(self) -> tuple[str, str, str]:
        """Who asks and where: one person in one chat does one thing at a time."""
        return (self.person.account_id, self.person.object_id or "", self.chat.id)


def other_member(chat: Chat, person: Person) -> ObjectId | None:
    """The other person of a one-to-one chat, where the chat's id names the two."""
    named = _ONE_TO_ONE.fullmatch(chat.id)
    others = [parse_object_id(each) for each in named.groups()] if named else []
    return next((each for each in others if each != person.object_id), None) if person.object_id in others else None
