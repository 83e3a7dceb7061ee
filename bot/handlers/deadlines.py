"""Answer in time, and turn errors into cards."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.domain.errors import BotAbsent, ChatSyncError, Unavailable
from bot.domain.texts import text
from bot.features.shared.answer_in_time import answer_in_time
from bot.features.shared.answers import Answer
from bot.logs import get_logger
from cards.buttons import ActionButton, SubmitButton
from cards.message import Message
from cards.notice import NoticeView, notice
from cards.personal_view import PersonalView
from cards.translator import Translator

A = TypeVar("A")

_log = get_logger(__name__)

MAX_RETRY_BYTES = 20_000
"""Bytes of a retry button's data, which includes all inputs. A card has room for this and a few sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """The time limit for answers."""

    timeout_s: float

    async def answer(
        self,
        work: Awaitable[A],
        retry: ActionButton | SubmitButton | None = None,
        personal_view: PersonalView | None = None,
    ) -> A | Answer:
        """Return the result of the work, or a card with the error.

        `retry`: the button that repeats the request. `personal_view`: how the client repeats it automatically, if the
        answer is a personal card.
        """
        result = await self.run(work)
        if isinstance(result, ChatSyncError):
            return Answer(message=refusal(result, retry, personal_view), is_refusal=True)
        return result

    async def run(self, work: Awaitable[A]) -> A | ChatSyncError:
        """Return the result of the work, or the error."""
        try:
            return await answer_in_time(work, self.timeout_s)
        except ChatSyncError as error:
            _log.info("turn.rejected", error=type(error).__name__, notes=getattr(error, "__notes__", []))
            return error

    async def start(self, work: Callable[[], Awaitable[A]]) -> A | ChatSyncError:
        """Create and run the work. Until then it is not started, because a newer request may replace it."""
        return await self.run(work())


def refusal(
    error: ChatSyncError, retry: ActionButton | SubmitButton | None = None, personal_view: PersonalView | None = None
) -> Message:
    """Return the card with the error and its next step, with the retry button if a retry can help."""
    button = None
    if retry and not _fits(retry, copies=2 if personal_view else 1):
        retry = personal_view = None
    if retry and isinstance(error, BotAbsent):
        button = replace(retry, title=text("Continue"))
    elif retry and isinstance(error, Unavailable):
        button = replace(retry, title=text("Try again"))
    refresh = personal_view if isinstance(error, Unavailable) else None
    return notice(NoticeView(text=error.text, next_step=error.next_step, button=button, personal_view=refresh))


def error_line(t: Translator, error: ChatSyncError) -> str:
    """Return the error and its next step as one text, for places without a card."""
    return t.sentences(t.show(error.text), t.show(error.next_step))


def _fits(retry: ActionButton | SubmitButton, *, copies: int) -> bool:
    """Check whether a card has room for the button's data this many times."""
    return copies * len(json.dumps(dict(retry.payload), ensure_ascii=False).encode(errors="replace")) <= MAX_RETRY_BYTES
