"""Offer a new chat, as the command `new` and one-to-one chats do (spec C2)."""

from collections.abc import Mapping

from bot.domain.public_names import Command
from bot.domain.values import ObjectId, Person, RecordRef
from bot.features.shared import access
from bot.features.shared.answers import Answer, new_chat_button, row_display_name
from bot.features.shared.routes import CommandHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn, other_member
from cards.notice import NoticeView, notice


async def offer_new_chat(services: Services, person: Person, other: ObjectId | None) -> Answer:
    """The offer of a chat about a record or about none; raises `NotAllowed` for who may start none."""
    await access.require_user_anywhere(services, person)
    view = NoticeView(
        text="Start a chat about a record, or about none.",
        next_step="You choose the people, and the record if there is one.",
        button=new_chat_button(None, with_person=other),
    )
    return Answer(message=notice(view))


async def offer_group_chat(services: Services, person: Person, record: RecordRef, other: ObjectId | None) -> Answer:
    """The offer of a group chat to somebody who wants a one-to-one chat connected.

    The other person is filled in where it is known who that is.
    Raises `NotSupported`, `NotAllowed` or `Unavailable`.
    """
    opened = await access.require_readable(services, record, person)
    called = row_display_name(opened.table, opened.row)
    return Answer(
        message=notice(
            NoticeView(
                text=f"A one-to-one chat cannot be connected to {called}.",
                next_step=f"Start a group chat, or add Chat Sync to one and write there: connect {called}",
                button=new_chat_button(record, with_person=other),
            )
        )
    )


async def _new(services: Services, turn: Turn, _rest: str) -> Answer:
    return await offer_new_chat(services, turn.person, other_member(turn.chat, turn.person))


COMMANDS: Mapping[str, CommandHandler] = {Command.NEW: _new}
