"""Remove questions that were answered, so that nobody presses their buttons again (spec V14)."""

import asyncio
from collections.abc import Mapping

from bot.domain.errors import ChatSyncError
from bot.domain.public_names import Verb
from bot.domain.values import TEAMS, ChatKind
from bot.features.shared.answers import Answer, render
from bot.features.shared.reader_languages import reader_translator
from bot.features.shared.requests import PressedButton
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error
from cards.activity import card_json
from cards.message import Rendered
from cards.question import ASKER, QUESTION, Posted, mark_buttons

_log = get_logger(__name__)


def card_in_chat(answer: Answer, shown: Rendered, turn: Turn) -> bytes:
    """Return the rendered card of an answer that is posted in the chat. If it is a question, its buttons say so."""
    mark = {QUESTION: Posted.CHAT, ASKER: turn.person.account_id}
    return _marked(answer, shown, turn, mark if turn.chat.channel == TEAMS else {})


def card_after(pressed: PressedButton, answer: Answer, shown: Rendered, turn: Turn) -> bytes:
    """Return the card that replaces a pressed one for one person. A next question is in the same message."""
    mark = {name: pressed.data[name] for name in (QUESTION, ASKER) if name in pressed.data}
    return _marked(answer, shown, turn, mark if mark.get(QUESTION) in {Posted.CHAT, Posted.TARGETED} else {})


def _marked(answer: Answer, shown: Rendered, turn: Turn, mark: Mapping[str, str]) -> bytes:
    card = card_json(shown, channel=turn.chat.channel)
    return mark_buttons(card, mark) if answer.is_question and mark else card


class Questions:
    """The questions in messages of the bot."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def settle(self, turn: Turn, pressed: PressedButton, message: str, answer: Answer) -> None:
        """Remove the question with the pressed button from the message, if the answer answers it.

        The ID of the message is a claim: Teams changes only the bot's own messages in this chat.
        """
        if not message or pressed.automatic or answer.is_question or answer.is_refusal:
            return
        try:
            # The person waits for the answer, and has it without this too.
            async with asyncio.timeout(self._services.limits.answer_within_s / 5):
                await self._remove(turn, pressed, message, answer)
        except (ChatSyncError, TimeoutError) as error:
            _log.info("question.not_removed", reason=describe_error(error))

    async def _remove(self, turn: Turn, pressed: PressedButton, message: str, answer: Answer) -> None:
        messages = self._services.chat_messages
        match pressed.data.get(QUESTION):
            case Posted.TARGETED:
                await self._remove_targeted(turn, pressed, message, answer)
            case Posted.NEWS if answer.replacement:
                await messages.edit(turn.chat, message, answer.replacement)
            case Posted.CHAT if turn.chat.kind is ChatKind.PERSONAL:
                await messages.edit(turn.chat, message, await self._rendered(turn, answer))
            case Posted.CHAT if pressed.verb != Verb.CANCEL or pressed.data.get(ASKER) == turn.person.account_id:
                # The answer is for one person, so it does not replace the question for everyone.
                await messages.delete(turn.chat, message)

    async def _remove_targeted(self, turn: Turn, pressed: PressedButton, message: str, answer: Answer) -> None:
        targeted = self._services.targeted_messages
        if targeted is None:
            return
        if answer.already_queued or pressed.verb == Verb.CANCEL:
            await targeted.delete(turn.chat, message)
        else:
            await targeted.edit(turn.chat, message, await self._rendered(turn, answer))

    async def _rendered(self, turn: Turn, answer: Answer) -> bytes:
        t = await reader_translator(self._services, turn)
        return render(answer.message, t, turn.chat.channel)
