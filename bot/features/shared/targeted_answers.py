"""Send an answer in a chat with others to the person who asked, as a targeted message (spec V13).

What is remembered about it is stored, so that all processes know it, also after a restart.
"""

import json
from collections.abc import Sequence
from datetime import timedelta
from enum import Enum, auto
from hashlib import sha256

from bot.domain.errors import ChatSyncError
from bot.domain.values import ChatKind
from bot.features.shared.answers import Answer, render
from bot.features.shared.reader_languages import reader_translator
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error
from bot.ports.teams import Targeted
from cards.question import QUESTION, Posted, mark_buttons
from cards.translator import Translator

REFUSAL_TTL = timedelta(days=1)
"""Time without targeted messages in a chat that refused one."""
REPEAT_WITHIN = timedelta(minutes=1)
"""Time in which a repeated request means that the person saw no answer: old clients show no targeted messages."""

_log = get_logger(__name__)


class Delivery(Enum):
    """The result of sending a private answer."""

    SENT = auto()
    ANSWER_PUBLICLY = auto()
    """Answer everyone in the chat, without the private part."""
    NOBODY = auto()
    """Send nothing, because the person may have left the chat."""


def request_digest(turn: Turn, texts: Sequence[str]) -> str:
    """Return the digest of the person, the chat, and the words. The words themselves are never stored (spec S6)."""
    return sha256(json.dumps([*turn.key, *texts]).encode()).hexdigest()


async def can_target(services: Services, turn: Turn, request: str | None) -> bool:
    """Return whether others would see the answer, and the person may see a targeted message.

    `request`: the digest of a request that is answered publicly if it is repeated. Raises `Unavailable`.
    """
    messages, chat, now = services.targeted_messages, turn.chat, services.clock.now()
    is_shared = not turn.private and chat.kind is not ChatKind.PERSONAL
    if messages is None or not is_shared or not turn.person.account_id or not messages.are_supported(chat):
        return False
    async with services.store.reading() as work:
        if await work.private_answers.has_refused(chat.id, after=now - REFUSAL_TTL):
            return False
        return request is None or not await work.private_answers.was_answered(request, after=now - REPEAT_WITHIN)


async def send_targeted(services: Services, turn: Turn, answer: Answer, request: str) -> Delivery:
    """Send the answer to the person. If Teams refuses it, return who may get an answer instead."""
    messages = services.targeted_messages
    if messages is None:
        return Delivery.ANSWER_PUBLICLY
    t = await reader_translator(services, turn)
    outcome = await messages.post(turn.chat, turn.person, _activity(turn, answer, t))
    if outcome is Targeted.DONE:
        await _remember(services, turn, outcome, request)
        return Delivery.SENT
    if not await _is_member(services, turn):
        return Delivery.NOBODY
    if outcome is Targeted.REFUSED:
        await _remember(services, turn, outcome, request)
    return Delivery.ANSWER_PUBLICLY


async def _remember(services: Services, turn: Turn, outcome: Targeted, request: str) -> None:
    """Store the outcome. Without it, the person only gets another targeted message, so the answer does not fail."""
    now = services.clock.now()
    try:
        async with services.store.writing() as work:
            if outcome is Targeted.REFUSED:
                await work.private_answers.add_refusal(turn.chat.id, at=now)
            else:
                await work.private_answers.add_answer(request, at=now)
    except ChatSyncError as error:
        _log.warning("private_answer.not_remembered", reason=describe_error(error))


async def _is_member(services: Services, turn: Turn) -> bool:
    """Return whether the person is known to be in the chat."""
    try:
        return await services.roster.is_member(turn.chat, turn.person)
    except ChatSyncError as error:
        _log.warning("private_answer.roster_unavailable", reason=describe_error(error))
        return False


def _activity(turn: Turn, answer: Answer, t: Translator) -> bytes:
    activity = render(answer.message, t, turn.chat.channel)
    return mark_buttons(activity, {QUESTION: Posted.TARGETED}) if answer.is_question else activity
