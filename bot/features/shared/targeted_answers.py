"""Send an answer in a chat with others to the person who asked, as a targeted message (spec V13)."""

from datetime import timedelta
from enum import Enum, auto

from bot.domain.errors import ChatSyncError
from bot.domain.values import ChatId, ChatKind
from bot.features.shared.answers import Answer, render
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error
from bot.ports.teams import Targeted
from bot.runtime.ttl_cache import TtlCache
from cards.question import QUESTION, Posted, mark_buttons

REFUSAL_TTL = timedelta(days=1)
"""Time without targeted messages in a chat that refused one."""
_MAX_CHATS = 10_000

_log = get_logger(__name__)


class Delivery(Enum):
    """The result of sending a private answer."""

    SENT = auto()
    ANSWER_PUBLICLY = auto()
    """Answer everyone in the chat, without the private part."""
    NOBODY = auto()
    """Send nothing, because the person may have left the chat."""


class TargetedAnswers:
    """Sends private answers, and remembers the chats that refuse them."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._refused: TtlCache[ChatId, bool] = TtlCache(services.clock, max_size=_MAX_CHATS, ttl=REFUSAL_TTL)

    def are_possible(self, turn: Turn) -> bool:
        """Return whether others would see the answer, and the chat may accept a targeted message."""
        messages, chat = self._services.targeted_messages, turn.chat
        is_shared = not turn.private and chat.kind is not ChatKind.PERSONAL
        if messages is None or not is_shared or not turn.person.account_id or chat.id in self._refused:
            return False
        return messages.are_supported(chat)

    async def send(self, turn: Turn, answer: Answer) -> Delivery:
        """Send the answer to the person. If Teams refuses it, return who may get an answer instead."""
        messages = self._services.targeted_messages
        if messages is None:
            return Delivery.ANSWER_PUBLICLY
        outcome = await messages.post(turn.chat, turn.person, _activity(turn, answer))
        if outcome is Targeted.DONE:
            return Delivery.SENT
        if not await self._is_member(turn):
            return Delivery.NOBODY
        if outcome is Targeted.REFUSED:
            self._refused.put(turn.chat.id, True)
        return Delivery.ANSWER_PUBLICLY

    async def _is_member(self, turn: Turn) -> bool:
        """Return whether the person is known to be in the chat."""
        try:
            return await self._services.roster.is_member(turn.chat, turn.person)
        except ChatSyncError as error:
            _log.warning("private_answer.roster_unavailable", reason=describe_error(error))
            return False


def _activity(turn: Turn, answer: Answer) -> bytes:
    activity = render(answer.message, turn.chat.channel)
    return mark_buttons(activity, {QUESTION: Posted.TARGETED}) if answer.is_question else activity
