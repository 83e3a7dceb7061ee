"""Answer text commands, in a chat with others so that only the person who asked sees the answer (spec V13).

The answer is a targeted message. Without them, it is a public one with a button that shows the private part. A private
answer never becomes public: the public one is a new answer, made for everyone.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from enum import Enum, auto

from bot.domain.errors import ChatSyncError
from bot.domain.values import Chat, ChatId, ChatKind
from bot.features.shared.answers import Answer, render
from bot.features.shared.routes import Feature
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from bot.handlers.commands import Commands
from bot.handlers.deadlines import Deadline
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error
from bot.ports.teams import Targeted, TargetedMessages
from bot.runtime.ttl_cache import TtlCache
from cards.question import QUESTION, Posted, mark_buttons

REFUSAL_TTL = timedelta(days=1)
"""Time without targeted messages in a chat that refused one."""
REPEAT_WITHIN = timedelta(minutes=1)
"""Time in which a repeated request means that the person saw no answer: old clients show no targeted messages."""
_MAX_REMEMBERED = 10_000

_log = get_logger(__name__)


class _Delivery(Enum):
    SENT = auto()
    ANSWER_PUBLICLY = auto()
    """Answer everyone in the chat, without the private part."""
    NOBODY = auto()
    """Send nothing, because the person may have left the chat."""


class CommandAnswers:
    """The answers to the text commands of all features."""

    def __init__(
        self, services: Services, features: Sequence[Feature], deadline: Deadline, on_reply: Callable[[Chat], None]
    ) -> None:
        """Create the answers. `on_reply` is called for each targeted message, which counts like any other."""
        self._services = services
        self._commands = Commands(services, features)
        self._deadline = deadline
        self._on_reply = on_reply
        self._refused: TtlCache[ChatId, bool] = TtlCache(services.clock, max_size=_MAX_REMEMBERED, ttl=REFUSAL_TTL)
        self._answered: TtlCache[tuple[str, ...], bool] = TtlCache(
            services.clock, max_size=_MAX_REMEMBERED, ttl=REPEAT_WITHIN
        )

    async def answer(self, turn: Turn, texts: Sequence[str], *, is_targeted: bool = False) -> Answer | None:
        """Return the answer for the chat; None if the person got it privately, or if nobody may get it.

        `is_targeted`: the person asked in a targeted message, so the client can show one.
        """
        request = (*turn.key, *texts)
        messages = self._messages(turn)
        if messages and (is_targeted or request not in self._answered):
            answer = await self._answer(replace(turn, private=True), texts)
            if answer.already_queued:
                return answer
            delivery = await self._send(messages, turn, answer)
            if delivery is _Delivery.SENT:
                self._answered.put(request, True)
            if delivery is not _Delivery.ANSWER_PUBLICLY:
                return None
        return await self._answer(turn, texts)

    async def _answer(self, turn: Turn, texts: Sequence[str]) -> Answer:
        return await self._deadline.answer(self._commands.answer(turn, texts))

    def _messages(self, turn: Turn) -> TargetedMessages | None:
        """Return the targeted messages of the chat; None if the answer needs none, or the chat has none."""
        messages, chat = self._services.targeted_messages, turn.chat
        is_shared = not turn.private and chat.kind is not ChatKind.PERSONAL
        if messages is None or not is_shared or not turn.person.account_id or chat.id in self._refused:
            return None
        return messages if messages.are_supported(chat) else None

    async def _send(self, messages: TargetedMessages, turn: Turn, answer: Answer) -> _Delivery:
        """Send the answer to the person. If Teams refuses it, return who may get an answer instead."""
        outcome = await messages.post(turn.chat, turn.person, self._activity(turn, answer))
        if outcome is Targeted.DONE:
            self._on_reply(turn.chat)
            return _Delivery.SENT
        if not await self._is_member(turn):
            return _Delivery.NOBODY
        if outcome is Targeted.REFUSED:
            self._refused.put(turn.chat.id, True)
        return _Delivery.ANSWER_PUBLICLY

    @staticmethod
    def _activity(turn: Turn, answer: Answer) -> bytes:
        activity = render(answer.message, turn.chat.channel)
        return mark_buttons(activity, {QUESTION: Posted.TARGETED}) if answer.is_question else activity

    async def _is_member(self, turn: Turn) -> bool:
        """Return whether the person is known to be in the chat."""
        try:
            return await self._services.roster.is_member(turn.chat, turn.person)
        except ChatSyncError as error:
            _log.warning("private_answer.roster_unavailable", reason=describe_error(error))
            return False
