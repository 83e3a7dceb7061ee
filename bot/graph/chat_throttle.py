"""Throttle calls on each chat: one at a time, with a pause in between.

Graph allows an app one call a second on one chat ("Microsoft Graph service-specific throttling limits", Teams).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.clock import Clock

INTERVAL_S = 1.0
MAX_CHATS = 1000
"""Maximum number of chats in memory; idle chats whose pause is over are removed first."""

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class _Slot:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: datetime = _LONG_AGO
    users: int = 0


class ChatThrottle:
    """Makes calls on the same chat wait for each other."""

    def __init__(self, clock: Clock, pace_s: float) -> None:
        self._clock = clock
        self._pace = timedelta(seconds=pace_s)
        self._slots: dict[str, _Slot] = {}

    @asynccontextmanager
    async def acquire(self, chat: str) -> AsyncIterator[None]:
        """Run the block alone for this chat in this process, and after the pause that follows the previous one."""
        slot = self._slots.setdefault(chat, _Slot())
        slot.users += 1
        try:
            async with slot.lock:
                # The clock may have been set back since.
                wait = min(slot.free_at - self._clock.now(), self._pace)
                if wait > timedelta(0):
                    await self._clock.sleep(wait.total_seconds())
                try:
                    yield
                finally:
                    slot.free_at = self._clock.now() + self._pace
        finally:
            slot.users -= 1
            self._remove_idle()

    def _remove_idle(self) -> None:
        if len(self._slots) <= MAX_CHATS:
            return
        now = self._clock.now()
        self._slots = {chat: slot for chat, slot in self._slots.items() if slot.users or slot.free_at > now}
