"""Answer text commands, in a chat with others so that only the person who asked sees the answer (spec V13).

The answer is a targeted message. Without them, it is a public one with a button that shows the private part. A private
answer never becomes public: the public one is a new answer, made for everyone.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.domain.values import Chat
from bot.features.shared.answers import Answer
from bot.features.shared.routes import Feature
from bot.features.shared.services import Services
from bot.features.shared.targeted_answers import Delivery, can_target, request_digest, send_targeted
from bot.features.shared.turn import Turn
from bot.handlers.commands import Commands
from bot.handlers.deadlines import Deadline


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

    async def answer(self, turn: Turn, texts: Sequence[str], *, is_targeted: bool = False) -> Answer | None:
        """Return the answer for the chat; None if the person got it privately, or if nobody may get it.

        `is_targeted`: the person asked in a targeted message, so the client can show one.
        """
        request = request_digest(turn, texts)
        if await self._can_target(turn, None if is_targeted else request):
            answer = await self._answer(replace(turn, private=True), texts)
            if answer.already_queued:
                return answer
            delivery = await send_targeted(self._services, turn, answer, request)
            if delivery is Delivery.SENT:
                self._on_reply(turn.chat)
            if delivery is not Delivery.ANSWER_PUBLICLY:
                return None
        return await self._answer(turn, texts)

    async def _can_target(self, turn: Turn, request: str | None) -> bool:
        """Check in time. If the database does not answer, the public answer says so."""
        return await self._deadline.run(can_target(self._services, turn, request)) is True

    async def _answer(self, turn: Turn, texts: Sequence[str]) -> Answer:
        return await self._deadline.answer(self._commands.answer(turn, texts))
