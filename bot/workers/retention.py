"""Delete completed rows after the retention period, and values that no chat needs, in small batches."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from bot.clock import Clock
from bot.domain.open_panes import SEEN_FOR
from bot.domain.pane_sessions import IDLE_FOR, LASTS_FOR
from bot.domain.pane_sign_in import SIGN_IN_WITHIN
from bot.features.connections.undo_disconnect import UNDO_WITHIN
from bot.features.shared.targeted_answers import REFUSAL_TTL
from bot.logs import get_logger
from bot.store.pruning import Ages, Deletion, EndedConnection, Walk, deletions, walks
from bot.store.unit_of_work import Store, UnitOfWork
from bot.workers.periodic import periodic

_EVERY = timedelta(hours=1)
_VALUES_EVERY = timedelta(minutes=5)
_PAUSE_S = 0.05
"""Between batches, so that other transactions get their turn."""
_KEEP_POSTS = timedelta(hours=2)
"""Longer than the longest window of Teams' rate limits."""

_DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_log = get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class RetentionJob:
    """Runs in each worker; a worker deletes the rows that the others have left."""

    store: Store
    clock: Clock
    retention: timedelta
    """Time for which completed rows are kept."""
    first_after: timedelta
    _walked_at: datetime | None = field(default=None, init=False)
    """When the walks through large tables began last. They take minutes, so they run at the start and once a day."""
    _searched_at: datetime | None = field(default=None, init=False)
    """When all connections that ever ended were looked at, and not only those that ended within a day.

    Data of a connection can be stored late, and a live card stays until it is edited for the last time.
    """

    async def run(self) -> None:
        """Delete old rows every hour until cancelled."""
        await self._repeat(self._prune, _EVERY)

    async def run_often(self) -> None:
        """Delete values that no chat needs, ended sessions, and idle lanes, every few minutes until cancelled."""
        await self._repeat(self._forget_ended, _VALUES_EVERY)

    async def _repeat(self, delete: Callable[[], Awaitable[None]], every: timedelta) -> None:
        await periodic(
            delete, every=every, clock=self.clock, failed="retention.deletion_failed", first_after=self.first_after
        )

    async def _prune(self) -> None:
        now = self.clock.now()
        before, posts_before = now - self.retention, now - _KEEP_POSTS
        ages = Ages(before, posts_before=posts_before, refusals_before=now - REFUSAL_TTL)
        deleted = [await self._in_batches(partial(_delete, each)) for each in deletions(ages)]
        if _is_over(self._walked_at, now):
            deleted += [await self._walk(each) for each in walks(ages)]
            self._walked_at = now
        _log_deleted(sum(deleted))

    async def _forget_ended(self) -> None:
        now = self.clock.now()
        is_full = _is_over(self._searched_at, now)
        since = _EPOCH if is_full else now - _DAY
        _log_deleted(await self._forget_ended_since(since, ended_before=now - UNDO_WITHIN))
        if is_full:
            self._searched_at = now
        # Sessions, panes, and active lanes come and go all the time, so nobody needs to know their number.
        await self._in_batches(
            lambda work: work.pruning.delete_sessions(used_before=now - IDLE_FOR, begun_before=now - LASTS_FOR)
        )
        await self._in_batches(lambda work: work.pruning.delete_closed_panes(seen_before=now - SEEN_FOR))
        await self._in_batches(lambda work: work.pruning.delete_sign_ins(begun_before=now - SIGN_IN_WITHIN))
        await self._in_batches(lambda work: work.pruning.delete_idle_lanes())

    async def _forget_ended_since(self, since: datetime, *, ended_before: datetime) -> int:
        total, after = 0, EndedConnection(since, 0)
        while True:
            async with self.store.writing() as work:
                found = await work.pruning.forget_ended(after, ended_before=ended_before)
            total += found.changed
            if found.last is None:
                return total
            after = found.last
            await self.clock.sleep(_PAUSE_S)

    async def _walk(self, walk: Walk) -> int:
        total, last = 0, None
        while True:
            async with self.store.writing() as work:
                found = await work.pruning.step(walk, last)
            total, last = total + found.changed, found.last
            if last is None:
                return total
            await self.clock.sleep(_PAUSE_S)

    async def _in_batches(self, delete: Callable[[UnitOfWork], Awaitable[int]]) -> int:
        total = 0
        while deleted := await self._delete_batch(delete):
            total += deleted
            await self.clock.sleep(_PAUSE_S)
        return total

    async def _delete_batch(self, delete: Callable[[UnitOfWork], Awaitable[int]]) -> int:
        async with self.store.writing() as work:
            return await delete(work)


async def _delete(deletion: Deletion, work: UnitOfWork) -> int:
    return await deletion(work.pruning)


def _is_over(last: datetime | None, now: datetime) -> bool:
    """Check whether a day has passed since then."""
    return last is None or now - last >= _DAY


def _log_deleted(rows: int) -> None:
    if rows:
        _log.info("retention.rows_deleted", rows=rows)
