"""A clock that runs faster than that of the machine. All processes that share its start have the same time."""

import asyncio
import time
from datetime import UTC, datetime

HOUR_S = 3600.0


class FastClock:
    """See `bot.clock.Clock`."""

    def __init__(self, start: float, speed: float) -> None:
        """`start`: the time at which both clocks agreed, in seconds since 1970. `speed`: seconds for each real one."""
        self._start = start
        self._speed = speed

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._start + (time.time() - self._start) * self._speed, UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(seconds, 0) / self._speed)

    @property
    def hours(self) -> float:
        """The hours since the start."""
        return (time.time() - self._start) * self._speed / HOUR_S
