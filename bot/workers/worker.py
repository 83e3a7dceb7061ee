"""A worker: claims the lanes of one queue that are due, processes them concurrently, and sleeps until notified.

One transaction commits results, releases their lanes, and claims the next ones. Under load, many lanes share its cost.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar
from uuid import uuid4

from bot.clock import Clock
from bot.domain.limits import Limits
from bot.domain.queue_states import Queue
from bot.logs import get_logger
from bot.store.unit_of_work import Store, UnitOfWork
from bot.workers.periodic import periodic

_PAUSE = timedelta(seconds=1)
_STOP_S = 5.0

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
                except Exception:  # noqa: BLE001 - the worker's boundary: no error may stop it
                    _log.exception("worker.iteration_failed", queue=self._queue)
                    await self._clock.sleep(_PAUSE.total_seconds())
        finally:
            await self._finish()
            renewing.cancel()

    async def _iterate(self) -> None:
        """Commit results, claim lanes, and start them; sleep if there was nothing to claim."""
        self._wake.clear()
        now = self._clock.now()
        ended = list(self._ended)
        room = self._limits.concurrency - len(self._running)
        held: Mapping[str, Pending] = {}
        async with self._store.writing() as work:
            await self._commit(work, ended)
            until = now + self._limits.lease
            lanes = await work.lanes.claim(self._queue, self._owner, at=now, until=until, at_most=room) if room else ()
            if lanes:
                held = await self._handler.fetch(work, lanes)
            due_at = None if lanes else await work.lanes.next_due(self._queue)
        del self._ended[: len(ended)]
        uncommitted = {each.lane for each in self._ended}
        for lane in lanes:
            # A process that was suspended for longer than its leases can claim its own lanes that have not ended, or
            # whose results are committed in the next iteration.
            if lane not in self._running and lane not in uncommitted:
                self._start(lane, held.get(lane))
        if not lanes:
            await self._sleep(due_at if room else None)

    def _start(self, lane: str, held: Pending | None) -> None:
        if held is None:
            self._add_result(LaneResult(lane))
            return
        self._running[lane] = asyncio.create_task(self._process(lane, held))

    async def _process(self, lane: str, held: Pending) -> None:
        ended: LaneResult[Result] = LaneResult(lane, not_before=self._clock.now() + _PAUSE)
        try:
            ended = await self._handler.process(lane, held)
        except Exception:  # noqa: BLE001 - the lane's boundary: an error must not affect other lanes
            _log.exception("worker.lane_failed", queue=self._queue)
        finally:
            del self._running[lane]
            self._add_result(ended)

    def _add_result(self, ended: LaneResult[Result]) -> None:
        self._ended.append(ended)
        self._wake.set()

    async def _commit(self, work: UnitOfWork, ended: Sequence[LaneResult[Result]]) -> None:
        if not ended:
            return
        results = [each.result for each in ended if each.result is not None]
        if results:
            await self._handler.commit(work, results)
        await work.lanes.release(self._queue, {each.lane: each.not_before for each in ended}, self._owner)

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
        lanes = [*self._running, *(each.lane for each in self._ended)]
        if not lanes:
            return
        until = self._clock.now() + self._limits.lease
        async with self._store.writing() as work:
            await work.lanes.renew(self._queue, lanes, self._owner, until=until)

    async def _finish(self) -> None:
        if self._running:
            await asyncio.wait(self._running.values(), timeout=_STOP_S)
        for task in list(self._running.values()):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        async with self._store.writing() as work:
            await self._commit(work, self._ended)
