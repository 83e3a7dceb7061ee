"""One call on a chat after the other, and not too fast.

Graph takes one call a second of an app on one chat ("Microsoft Graph service-specific throttling limits", Teams).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.clock import Clock

INTERVAL_S = 1.0
MAX_CHATS = 1000
"""Chats in memory; those whose time has come are forgotten first."""

_EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class _Slot:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: datetime = _EARLIEST
    users: int = 0


class ChatThrottle:
    """Makes those who call on the same chat wait for each other."""

    def __init__(self, clock: Clock, pace_s: float) -> None:
        self._clock = clock
        self._pace = timedelta(seconds=pace_s)
        self._turns: dict[str, _Slot] = {}

    @asynccontextmanager
    async def acquire(self, chat: str) -> AsyncIterator[None]:
        """The block is the only one for this chat in this process, and a second after the last."""
        turn = self._turns.setdefault(chat, _Slot())
        turn.users += 1
        try:
            async with turn.lock:
                wait_s = (turn.free_at - self._clock.now()).total_seconds()
                if wait_s > 0:
                    await self._clock.sleep(wait_s)
                try:
                    yield
                finally:
                    turn.free_at = self._clock.now() + self._pace
        finally:
            turn.users -= 1
            self._forget()

    def _forget(self) -> None:
        if len(self._turns) <= MAX_CHATS:
            return
        now = self._clock.now()
        self._turns = {chat: turn for chat, turn in self._turns.items() if turn.users or turn.free_at > now}
