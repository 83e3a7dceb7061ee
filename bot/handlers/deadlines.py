"""From what people ask to what they are answered: in time, and in words also where it cannot be done."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.domain.errors import BotAbsent, ChatSyncError, Unavailable
from bot.features.shared.answers import Answer
from bot.logs import get_logger
from cards.buttons import ActionButton, SubmitButton
from cards.message import Message
from cards.notice import NoticeView, notice
from cards.personal_view import PersonalView

A = TypeVar("A")

_log = get_logger(__name__)


MAX_RETRY_BYTES = 20_000
"""Bytes of what a button sends: all that a form holds. A card has that much room beside a sentence or two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """Waits for an answer as long as people do."""

    within_s: float

    async def __call__(
        self, answer: Awaitable[A], retry: ActionButton | SubmitButton | None = None, own: PersonalView | None = None
    ) -> A | Answer:
        """The answer, or a card that says why there is none; `retry` is the button that asks once more.

        `own`: how the reader's client asks once more by itself, where the answer is a card of their own.
        """
        given = await self.run(answer)
        return Answer(message=refusal(given, retry, own)) if isinstance(given, ChatSyncError) else given

    async def run(self, answer: Awaitable[A]) -> A | ChatSyncError:
        """The answer, or why there is none."""
        try:
            async with asyncio.timeout(self.within_s):
                return await answer
        except TimeoutError:
            return _too_slow()
        except ChatSyncError as error:
            _log.info("refused", error=type(error).__name__, notes=getattr(error, "__notes__", []))
            return error

    async def start(self, begin: Callable[[], Awaitable[A]]) -> A | ChatSyncError:
        """The same of an answer that is begun now and not before: it may be that nobody waits for it any more."""
        return await self.run(begin())


def refusal(
    error: ChatSyncError, retry: ActionButton | SubmitButton | None = None, own: PersonalView | None = None
) -> Message:
    """What happened and what to do about it; with the ways to ask again where that can help."""
    button = None
    if retry and not _fits(retry, times=2 if own else 1):
        retry = own = None
    if retry and isinstance(error, BotAbsent):
        button = replace(retry, title="Continue")
    elif retry and isinstance(error, Unavailable):
        button = replace(retry, title="Try again")
    passes = own if isinstance(error, Unavailable) else None
    return notice(NoticeView(text=str(error), next_step=error.next_step, button=button, personal_view=passes))


def _fits(retry: ActionButton | SubmitButton, *, times: int) -> bool:
    """Whether a card holds so many times all that was filled in."""
    return times * len(json.dumps(dict(retry.payload), ensure_ascii=False).encode()) <= MAX_RETRY_BYTES


def _too_slow() -> Unavailable:
    return Unavailable("Dynamics 365 takes long to answer.", "Try again in a moment.")
