"""What a one-to-one chat is offered instead of a connection: a new connected chat (spec C2)."""

from dataclasses import dataclass

from bot.domain.values import ObjectId, Person, RecordRef
from bot.ports import Records
from bot.usecases.answers import Answer, name_columns, name_of, new_chat_button, number_of
from bot.usecases.gates import Gates
from cards.notice import NoticeView, notice


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferChat:
    """Offers to start a group chat about a record."""

    records: Records
    gates: Gates

    async def __call__(self, person: Person, record: RecordRef, other: ObjectId | None) -> Answer:
        """The offer, with the other person filled in where it is known who that is.

        Raises `NotSupported`, `NotAllowed` or `Unavailable`.
        """
        await self.gates.record_type(record.environment, record.table)
        actor = await self.gates.actor(record.environment, person)
        table = await self.records.table(record.environment, record.table)
        row = await self.gates.row(record, table, name_columns(table), actor)
        called = number_of(table, row) or name_of(table, row)
        return Answer(
            message=notice(
                NoticeView(
                    text=f"A one-to-one chat cannot be connected to {called}.",
                    next_step=f"Start a group chat, or add Chat Sync to one and write there: connect {called}",
                    button=new_chat_button(record, with_person=other),
                )
            )
        )
