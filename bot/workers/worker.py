"""A worker: claims the lanes of one queue that are due, processes them concurrently, and sleeps until notified.

One transaction commits results, releases their lanes, and claims the next ones. Under load, many lanes share its cost.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, Protocol, TypeVar
from uuid import uuid4

from bot.clock import Clock
from bot.domain.errors import Unavailable
from bot.domain.limits import Limits
from bot.domain.queue_states import Queue
from bot.logs import get_logger
from bot.runtime.backoff import Backoff
from bot.runtime.line_budget import LineBudget
from bot.runtime.ttl_cache import TtlCache
from bot.store.unit_of_work import Store, UnitOfWork
from bot.workers.periodic import periodic

_PAUSE = timedelta(seconds=1)
_BACKOFF = Backoff(first_s=1.0, factor=2.0, longest_s=300.0)
_STOP_S = 5.0
_MAX_FAILING = 10_000
"""Number of failing lanes that are remembered."""
_REMEMBERED = timedelta(hours=1)
"""Time for which a failing lane is remembered, which is longer than the longest pause between two attempts."""
_UNREADABLE = (ValueError, TypeError, LookupError, AttributeError)
"""Errors of rows that cannot be decoded. The transaction goes on."""

_log = get_logger(__name__)

Pending = TypeVar("Pending")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class LaneResult(Generic[Result]):
    """The result of processing a lane."""

    lane: str
    result: Result | None = None
    """The result to commit; None if there is none."""
    not_before: datetime | None = None
    """The earliest time to continue with the lane; None if it is done for now."""


class LaneHandler(Protocol[Pending, Result]):
    """The contents of a queue's lanes and how to process them."""

    async def fetch(self, work: UnitOfWork, lanes: Sequence[str]) -> Mapping[str, Pending]:
        """Return the contents of the lanes; leave out empty ones."""
        ...

    async def process(self, lane: str, pending: Pending) -> LaneResult[Result]:
        """Process what can be processed now; must not take longer than the other system takes to answer."""
        ...

    async def commit(self, work: UnitOfWork, results: Sequence[Result]) -> None:
        """Store the results."""
        ...

    def committed(self, results: Sequence[Result]) -> None:
        """Do what follows after the results are stored, such as to log them."""
        ...


class Worker(Generic[Pending, Result]):
    """Processes one queue. `wake` is set whenever something is enqueued."""

    def __init__(
        self,
        queue: Queue,
        handler: LaneHandler[Pending, Result],
        *,
        store: Store,
        clock: Clock,
        wake: asyncio.Event,
        limits: Limits,
    ) -> None:
        self._queue = queue
        self._handler = handler
        self._store = store
        self._clock = clock
        self._wake = wake
        self._limits = limits
        self._owner = uuid4().hex
        self._running: dict[str, asyncio.Task[None]] = {}
        self._ended: list[LaneResult[Result]] = []
        self._set_aside: list[tuple[datetime, LaneResult[Result]]] = []
        """Results that could not be stored, and when to try again. Their lanes stay claimed."""
        # A lane that fails here may succeed in another process, so it is forgotten after a while.
        self._failures: TtlCache[str, int] = TtlCache(clock, max_size=_MAX_FAILING, ttl=_REMEMBERED)
        """Number of unexpected errors in a row, by lane."""
        self._lines = LineBudget()

    async def run(self) -> None:
        """Run until cancelled; then give running lanes a few seconds to finish."""
        renew_every = self._limits.lease / 3
        renewing = asyncio.create_task(
            periodic(
                self._renew,
                every=renew_every,
                clock=self._clock,
                failed="worker.lease_renewal_failed",
                first_after=renew_every,
                queue=self._queue,
            )
        )
        try:
            while True:
                try:
                    await self._iterate()
                except Exception as error:  # noqa: BLE001 - the worker's boundary: no error may stop it
                    _log.exception("worker.iteration_failed", queue=self._queue)
                    await self._recover(error)
        finally:
            await self._finish()
            renewing.cancel()

    async def _recover(self, error: Exception) -> None:
        """Commit each result alone unless the database is down, because one of them may stop the others."""
        if not isinstance(error, Unavailable):
            with suppress(Unavailable):
                await self._commit_each()
        await self._clock.sleep(_PAUSE.total_seconds())

    async def _iterate(self) -> None:
        """Commit results, claim lanes, and start them; sleep if there was nothing to claim."""
        held: Mapping[str, Pending | None] = {}
        async with self._store.writing() as work:
            # What ended while the transaction waited for its turn is part of it.
            self._wake.clear()
            now = self._clock.now()
            self._resume(now)
            ended = list(self._ended)
            room = self._limits.concurrency - len(self._running)
            await self._commit(work, ended)
            until = now + self._limits.lease
            lanes = await work.lanes.claim(self._queue, self._owner, at=now, until=until, at_most=room) if room else ()
            if lanes:
                held = await self._fetch(work, lanes)
            due_at = None if lanes else await work.lanes.next_due(self._queue)
        del self._ended[: len(ended)]
        self._committed(ended)
        own = self._claimed()
        for lane, pending in held.items():
            # A process that was suspended for longer than its leases can claim its own lanes.
            if lane not in own:
                self._start(lane, pending)
        if not lanes:
            await self._sleep(due_at if room else None)

    async def _fetch(self, work: UnitOfWork, lanes: Sequence[str]) -> Mapping[str, Pending | None]:
        """Return the contents of the lanes, without those that cannot be read, such as rows of a newer version."""
        try:
            found = await self._handler.fetch(work, lanes)
        except _UNREADABLE as error:
            if len(lanes) > 1:
                return {lane: each for one in lanes for lane, each in (await self._fetch(work, [one])).items()}
            self._add_result(self._failed(lanes[0], error))
            return {}
        return {lane: found.get(lane) for lane in lanes}

    def _start(self, lane: str, held: Pending | None) -> None:
        if held is None:
            self._add_result(LaneResult(lane))
            return
        self._running[lane] = asyncio.create_task(self._process(lane, held))

    async def _process(self, lane: str, held: Pending) -> None:
        ended: LaneResult[Result] = LaneResult(lane, not_before=self._clock.now() + _PAUSE)
        try:
            ended = await self._handler.process(lane, held)
            self._failures.discard(lane)
        except Exception as error:  # noqa: BLE001 - the lane's boundary: an error must not affect other lanes
            ended = self._failed(lane, error)
        finally:
            del self._running[lane]
            self._add_result(ended)

    def _failed(self, lane: str, error: Exception) -> LaneResult[Result]:
        """Log an unexpected error, one line a minute of each kind, and back off."""
        attempts = self._failures.get(lane) or 0
        self._failures.put(lane, attempts + 1)
        suppressed = self._lines.take(type(error).__name__)
        if suppressed is not None:
            _log.exception("worker.lane_failed", exc_info=error, queue=self._queue, suppressed=suppressed)
        return LaneResult(lane, not_before=_BACKOFF.next_attempt_at(self._clock.now(), attempts, None))

    def _add_result(self, ended: LaneResult[Result]) -> None:
        self._ended.append(ended)
        self._wake.set()

    async def _commit(self, work: UnitOfWork, ended: Sequence[LaneResult[Result]]) -> None:
        if not ended:
            return
        if results := _results(ended):
            await self._handler.commit(work, results)
        await work.lanes.release(self._queue, {each.lane: each.not_before for each in ended}, self._owner)

    def _committed(self, ended: Sequence[LaneResult[Result]]) -> None:
        if results := _results(ended):
            self._handler.committed(results)

    async def _commit_each(self) -> None:
        """Commit each result in its own transaction, and set those aside that cannot be stored."""
        for each in list(self._ended):
            try:
                async with self._store.writing() as work:
                    await self._commit(work, [each])
            except Unavailable:
                raise
            except Exception as error:  # noqa: BLE001 - the lane's boundary, as above
                retry_at = self._failed(each.lane, error).not_before or self._clock.now()
                self._set_aside.append((retry_at, each))
            else:
                self._committed([each])
            self._ended.remove(each)

    def _resume(self, now: datetime) -> None:
        """Let the next commit include the results that were set aside and are due."""
        self._ended += [each for retry_at, each in self._set_aside if retry_at <= now]
        self._set_aside = [(retry_at, each) for retry_at, each in self._set_aside if retry_at > now]

    async def _sleep(self, due_at: datetime | None) -> None:
        """Sleep until something is enqueued, a running lane finishes, or the next lane is due."""
        longest = self._limits.poll_interval
        if due_at is not None:
            longest = min(longest, max(timedelta(0), due_at - self._clock.now()))
        waits: list[asyncio.Task[object]] = [
            asyncio.create_task(self._wake.wait()),
            asyncio.create_task(self._clock.sleep(longest.total_seconds())),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _renew(self) -> None:
        """Renew the leases of lanes that are being processed or whose results are not committed yet."""
        lanes = self._claimed()
        if not lanes:
            return
        until = self._clock.now() + self._limits.lease
        async with self._store.writing() as work:
            await work.lanes.renew(self._queue, sorted(lanes), self._owner, until=until)

    def _claimed(self) -> set[str]:
        """Return the lanes that are being processed or whose results are not committed yet."""
        uncommitted = (*self._ended, *(each for _, each in self._set_aside))
        return {*self._running, *(each.lane for each in uncommitted)}

    async def _finish(self) -> None:
        if self._running:
            await asyncio.wait(self._running.values(), timeout=_STOP_S)
        for task in list(self._running.values()):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        self._resume(datetime.max.replace(tzinfo=UTC))
        try:
            async with self._store.writing() as work:
                await self._commit(work, self._ended)
        except Unavailable:
            raise
        except Exception:  # noqa: BLE001 - the worker's boundary: the other results must be stored
            await self._commit_each()
        else:
            self._committed(self._ended)


def _results(ended: Sequence[LaneResult[Result]]) -> Sequence[Result]:
    return [each.result for each in ended if each.result is not None]
