"""Delete completed rows after the retention period, and values that no chat needs, in small batches."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock
from bot.domain.open_panes import SEEN_FOR
from bot.domain.pane_sessions import IDLE_FOR, LASTS_FOR
from bot.domain.pane_sign_in import SIGN_IN_WITHIN
from bot.features.connections.undo_disconnect import UNDO_WITHIN
from bot.features.shared.targeted_answers import REFUSAL_TTL
from bot.logs import get_logger
from bot.store.unit_of_work import Store, UnitOfWork
from bot.workers.periodic import periodic

_EVERY = timedelta(hours=1)
_VALUES_EVERY = timedelta(minutes=5)
_PAUSE_S = 0.05
"""Between batches, so that other transactions get their turn."""
_KEEP_POSTS = timedelta(hours=2)
"""Longer than the longest window of Teams' rate limits."""

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionJob:
    """Runs in each worker; a worker deletes the rows that the others have left."""

    store: Store
    clock: Clock
    retention: timedelta
    """Time for which completed rows are kept."""

    async def run(self) -> None:
        """Delete old rows every hour until cancelled."""
        await periodic(self._prune, every=_EVERY, clock=self.clock, failed="retention.deletion_failed")

    async def run_often(self) -> None:
        """Delete values that no chat needs, ended sessions, and idle lanes, every few minutes until cancelled."""
        await periodic(self._forget_ended, every=_VALUES_EVERY, clock=self.clock, failed="retention.deletion_failed")

    async def _prune(self) -> None:
        now = self.clock.now()
        before, posts_before = now - self.retention, now - _KEEP_POSTS
        refusals_before = now - REFUSAL_TTL
        _log_deleted(
            await self._in_batches(
                lambda work: work.pruning.prune(
                    before=before, posts_before=posts_before, refusals_before=refusals_before
                )
            )
        )

    async def _forget_ended(self) -> None:
        ended_before = self.clock.now() - UNDO_WITHIN
        _log_deleted(await self._in_batches(lambda work: work.pruning.forget_ended(ended_before=ended_before)))
        now = self.clock.now()
        # Sessions, panes, and active lanes come and go all the time, so nobody needs to know their number.
        await self._in_batches(
            lambda work: work.pruning.delete_sessions(used_before=now - IDLE_FOR, begun_before=now - LASTS_FOR)
        )
        await self._in_batches(lambda work: work.pruning.delete_closed_panes(seen_before=now - SEEN_FOR))
        await self._in_batches(lambda work: work.pruning.delete_sign_ins(begun_before=now - SIGN_IN_WITHIN))
        await self._in_batches(lambda work: work.pruning.delete_idle_lanes())

    async def _in_batches(self, delete: Callable[[UnitOfWork], Awaitable[int]]) -> int:
        total = 0
        while deleted := await self._delete_batch(delete):
            total += deleted
            await self.clock.sleep(_PAUSE_S)
        return total

    async def _delete_batch(self, delete: Callable[[UnitOfWork], Awaitable[int]]) -> int:
        async with self.store.writing() as work:
            return await delete(work)


def _log_deleted(rows: int) -> None:
    if rows:
        _log.info("retention.rows_deleted", rows=rows)
