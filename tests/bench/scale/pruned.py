"""Rows that retention deletes in a second, while the product makes others."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from bot.clock import SystemClock
from bot.store.engine import Engines
from bot.store.tables import decision, inbox, outbox
from bot.store.unit_of_work import Store
from bot.workers.retention import RetentionJob
from tests.bench.kept import open_store
from tests.bench.scale.large import RETENTION


class ShiftedClock(SystemClock):
    """A clock that is ahead."""

    def __init__(self, ahead: timedelta) -> None:
        self._ahead = ahead

    def now(self) -> datetime:
        """Return the current time of this clock."""
        return super().now() + self._ahead


@dataclass(frozen=True, slots=True)
class Pruned:
    """The result of a day's pruning."""

    rows: int
    seconds: float
    often_s: float
    """Seconds of the deletions of every five minutes, at the start of a process."""
    later_s: float
    """The same five minutes later."""

    @property
    def per_s(self) -> float:
        """Return the rows that were deleted in a second."""
        return self.rows / self.seconds

    def lines(self) -> list[str]:
        """Return the result in lines."""
        return [
            f"pruning: {self.rows} rows in {self.seconds:.0f} s, {self.per_s:.0f} a second, with the walks of a day",
            f"ended connections: {self.often_s:.1f} s at the start, {self.later_s:.2f} s every five minutes",
        ]


async def pruned(url: str, *, days: float) -> Pruned:
    """Delete what gets old in this many days, and walk through all tables."""
    async with open_store(url) as (store, engines):
        return await _pruned(store, engines, days)


async def _pruned(store: Store, engines: Engines, days: float) -> Pruned:
    job = RetentionJob(
        store=store, clock=ShiftedClock(timedelta(days=days)), retention=RETENTION, first_after=timedelta()
    )
    before, began = await _rows(engines), time.perf_counter()
    await job._prune()
    seconds = time.perf_counter() - began
    after = await _rows(engines)
    often = []
    for _ in range(2):
        began = time.perf_counter()
        await job._forget_ended()
        often.append(time.perf_counter() - began)
    return Pruned(before - after, seconds, *often)


async def _rows(engines: Engines) -> int:
    async with engines.reading.connect() as connection:
        return sum(
            [await connection.scalar(select(func.count()).select_from(each)) or 0 for each in (decision, inbox, outbox)]
        )
