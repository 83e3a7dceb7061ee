"""Limit the time of an answer, and name the system that took too long (spec Q2)."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from bot.domain.errors import ChatSyncError, Unavailable
from bot.domain.texts import text
from bot.runtime.answer_time import AnswerTime, answering

A = TypeVar("A")


async def answer_in_time(work: Awaitable[A], timeout_s: float) -> A | ChatSyncError:
    """Return the result of the work, or the error to answer with because the time is over.

    Errors of the work are raised.
    """
    with answering(timeout_s) as time:
        try:
            async with asyncio.timeout(timeout_s):
                return await work
        except TimeoutError:
            return _too_late(time)


def _too_late(time: AnswerTime) -> ChatSyncError:
    """Return the error that says what goes on, or that names the slow system if there is one."""
    time.is_over = True
    if isinstance(time.in_progress, ChatSyncError):
        return time.in_progress
    system = time.slow_system()
    if system:
        return Unavailable(text("{system} is taking too long to respond.", system=system), "Try again in a moment.")
    return Unavailable("This is taking too long.", "Try again in a moment.")
