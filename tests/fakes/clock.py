"""A clock that moves only when a test advances it."""

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

START = datetime(2026, 11, 21, 10, 20, 30, tzinfo=UTC)


class HeldClock:
    """See `bot.clock.Clock`."""

    def __init__(self, now: datetime = START) -> None:
        self._now = now
        self._sleepers: list[tuple[datetime, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._now

    def sleep(self, seconds: float) -> Coroutine[Any, Any, None]:
        """Wait until the test has advanced the clock this far, counted from this call and not from the first await."""
        return self._sleep_until(self._now + timedelta(seconds=seconds))

    async def _sleep_until(self, until: datetime) -> None:
        if until <= self._now:
            await asyncio.sleep(0)
            return
        awake: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((until, awake))
        await awake

    def times_of_sleepers(self) -> set[datetime]:
        """Return the times at which sleepers wake."""
        return {until for until, _ in self._sleepers}

    def advance(self, seconds: float) -> None:
        """Advance the clock, and wake sleepers that are due."""
        self._now += timedelta(seconds=seconds)
        due = [awake for until, awake in self._sleepers if until <= self._now]
        self._sleepers = [(until, awake) for until, awake in self._sleepers if until > self._now]
        for awake in due:
            if not awake.done():
                awake.set_result(None)
