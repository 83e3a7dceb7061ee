"""What a one-to-one chat is offered instead of a connection: a new group chat (spec C2)."""

from dataclasses import dataclass
from urllib.parse import urlencode

from bot.domain.values import ObjectId, Person, RecordRef
from bot.ports import Records
from bot.usecases.answers import Answer, name_columns, name_of, number_of
from bot.usecases.gates import Gates
from cards.buttons import Open
from cards.notice import NoticeView, notice

NEW_CHAT = "https://teams.microsoft.com/l/chat/0/0"
"""Opens a new chat with people, name and first words filled in ("Deep link to a chat", Teams documentation)."""

LONGEST_TOPIC = 250
"""Characters of a chat's name, which may not hold a colon ("Update chat", Microsoft Graph documentation)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferChat:
    """Offers to start a group chat about a record."""

    records: Records
    gates: Gates

    async def __call__(self, person: Person, record: RecordRef, other: ObjectId | None) -> Answer:
        """The offer, with the chat's name and, where it is known, the other person filled in.

        Raises `NotSupported`, `NotAllowed` or `Unavailable`.
        """
        await self.gates.record_type(record.environment, record.table)
        actor = await self.gates.actor(record.environment, person)
        table = await self.records.table(record.environment, record.table)
        row = await self.gates.row(record, table, name_columns(table), actor)
        known = await self.records.user(record.environment, other) if other else None
        called = number_of(table, row) or name_of(table, row)
        people = known.sign_in if known else ""
        address = new_chat_address(people, name_of(table, row), f"connect {called}")
        return Answer(
            message=notice(
                NoticeView(
                    text=f"A one-to-one chat cannot be connected to {called}.",
                    next_step=f"Start a group chat, add Chat Sync to it, and write: connect {called}",
                    button=Open(title="Start a group chat", url=address),
                )
            )
        )


def new_chat_address(people: str, topic: str, first_words: str) -> str:
    """The address that opens a new chat in Teams, ready to send."""
    name = " ".join(topic.replace(":", " ").split())[:LONGEST_TOPIC]
    query = {"users": people, "topicName": name, "message": first_words}
    return f"{NEW_CHAT}?{urlencode({key: value for key, value in query.items() if value})}"
