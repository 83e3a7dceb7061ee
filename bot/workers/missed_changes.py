"""Looks for what events did not tell: when the process starts, and now and then afterwards."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bot.clock import Clock
from bot.features.key_fields.find_missed_changes import FindMissed
from bot.workers.periodic import run_logged

_SETTLED = timedelta(seconds=5)
"""After a start: what waited elsewhere comes by itself first, and then it says who changed what."""
_EVERY = timedelta(minutes=15)
_WHOLE_EVERY = timedelta(days=1)
_AGAIN = timedelta(minutes=1)
_LATE = timedelta(minutes=2)
"""Events that are late by less are not missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedChangesJob:
    """Calls the use case for as long as the process lives."""

    find_missed: FindMissed
    clock: Clock

    async def run(self) -> None:
        """Looks until it is cancelled; where Dataverse does not answer, it looks again soon."""
        await self.clock.sleep(_SETTLED.total_seconds())
        whole_at: datetime | None = None
        while True:
            now = self.clock.now()
            whole = whole_at is None or now - whole_at >= _WHOLE_EVERY
            in_time = timedelta(0) if whole_at is None else _LATE
            looked = await run_logged(partial(self._look, in_time, whole=whole), "missed changes not looked for")
            whole_at = now if whole and looked else whole_at
            await self.clock.sleep((_EVERY if looked else _AGAIN).total_seconds())

    async def _look(self, in_time: timedelta, *, whole: bool) -> bool:
        await self.find_missed(in_time=in_time, whole=whole)
        return True
