"""What a one-to-one chat is offered instead of a connection: a new connected chat (spec C2)."""

from dataclasses import dataclass

from bot.domain.values import ObjectId, Person, RecordRef
from bot.features.shared.access import Gates
from bot.features.shared.answers import Answer, called_in, new_chat_button
from cards.notice import NoticeView, notice


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferChat:
    """Offers to start a group chat about a record."""

    gates: Gates

    async def plain(self, person: Person, other: ObjectId | None) -> Answer:
        """The offer of a chat about a record or about none; raises `NotAllowed` for who may start none."""
        await self.gates.actors(person)
        view = NoticeView(
            text="Start a chat about a record, or about none.",
            next_step="You choose the people, and the record if there is one.",
            button=new_chat_button(None, with_person=other),
        )
        return Answer(message=notice(view))

    async def instead(self, person: Person, record: RecordRef, other: ObjectId | None) -> Answer:
        """The offer of a group chat to somebody who wants a one-to-one chat connected.

        The other person is filled in where it is known who that is.
        Raises `NotSupported`, `NotAllowed` or `Unavailable`.
        """
        opened = await self.gates.opened(record, person)
        called = called_in(opened.table, opened.row)
        return Answer(
            message=notice(
                NoticeView(
                    text=f"A one-to-one chat cannot be connected to {called}.",
                    next_step=f"Start a group chat, or add Chat Sync to one and write there: connect {called}",
                    button=new_chat_button(record, with_person=other),
                )
            )
        )
