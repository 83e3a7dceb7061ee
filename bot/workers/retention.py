"""Deletes what is done and old, a little at a time."""

from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock
from bot.logs import get_logger
from bot.store.unit_of_work import Store
from bot.workers.periodic import run_logged

_EVERY_S = 3600.0
_BREATH_S = 0.05
_POSTS_MATTER = timedelta(hours=2)
"""Longer than the longest window of Teams' limits."""

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionJob:
    """Works every hour; with several workers each of them does, and finds what the others left."""

    store: Store
    clock: Clock
    retention: timedelta

    async def run(self) -> None:
        """Deletes until it is cancelled."""
        while True:
            await run_logged(self._prune, "old rows not deleted")
            await self.clock.sleep(_EVERY_S)

    async def _prune(self) -> None:
        now, total = self.clock.now(), 0
        while True:
            async with self.store.writing() as work:
                deleted = await work.pruning.prune(before=now - self.retention, posts_before=now - _POSTS_MATTER)
            if not deleted:
                break
            total += deleted
            await self.clock.sleep(_BREATH_S)
        if total:
            _log.info("old rows deleted", rows=total)
