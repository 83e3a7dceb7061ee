"""Offer a new chat, as an answer to the command `new` (spec C2)."""

from collections.abc import Mapping

from bot.domain.public_names import Command
from bot.domain.texts import text
from bot.domain.values import ObjectId, Person
from bot.features.shared import access
from bot.features.shared.answers import Answer, new_chat_button
from bot.features.shared.routes import CommandHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn, other_member
from cards.notice import NoticeView, notice


async def offer_new_chat(services: Services, person: Person, other: ObjectId | None) -> Answer:
    """Return a card whose button opens the dialog for a new chat, if known with the other person.

    Raises `NotAllowed` if the person cannot start chats.
    """
    await access.require_user_anywhere(services, person)
    view = NoticeView(
        text=text("Start a chat, with or without a record."),
        next_step=text("You choose the people and, if you want, a record."),
        button=new_chat_button(None, with_person=other),
    )
    return Answer(message=notice(view))


async def _new(services: Services, turn: Turn, _rest: str) -> Answer:
    return await offer_new_chat(services, turn.person, other_member(turn.chat, turn.person))


COMMANDS: Mapping[str, CommandHandler] = {Command.NEW: _new}
