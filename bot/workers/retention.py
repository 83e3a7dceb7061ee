"""Delete completed rows after the retention period, in small batches."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.logs import get_logger
from bot.store.unit_of_work import Store
from bot.workers.periodic import periodic

_EVERY = timedelta(hours=1)
_PAUSE_S = 0.05
"""Between batches, so that other transactions get their turn."""
_KEEP_POSTS = timedelta(hours=2)
"""Longer than the longest window of Teams' rate limits."""

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionJob:
    """Runs every hour in each worker; a worker deletes the rows that the others have left."""

    store: Store
    clock: Clock
    retention: timedelta
    """Time for which completed rows are kept."""

    async def run(self) -> None:
        """Run until cancelled."""
        await periodic(self._prune, every=_EVERY, clock=self.clock, failed="retention.deletion_failed")

    async def _prune(self) -> None:
        now, total = self.clock.now(), 0
        while deleted := await self._delete_batch(before=now - self.retention, posts_before=now - _KEEP_POSTS):
            total += deleted
            await self.clock.sleep(_PAUSE_S)
        if total:
            _log.info("retention.rows_deleted", rows=total)

    async def _delete_batch(self, *, before: datetime, posts_before: datetime) -> int:
        async with self.store.writing() as work:
            return await work.pruning.prune(before=before, posts_before=posts_before)
