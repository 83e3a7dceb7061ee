"""A worker: claims the lanes of one queue that are due, works them off side by side, and rests until woken.

One transaction settles what has come to its end, gives those lanes back and claims the next: under load its cost is
shared by many lanes.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar
from uuid import uuid4

from bot.clock import Clock
from bot.domain.queue_states import Queue
from bot.logs import get_logger
from bot.store.unit_of_work import Store, UnitOfWork
from bot.workers.limits import Limits

_PAUSE = timedelta(seconds=1)
_STOP_S = 5.0

_log = get_logger(__name__)

Pending = TypeVar("Pending")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class LaneResult(Generic[Result]):
    """How the work on a lane came to its end."""

    lane: str
    result: Result | None = None
    """What is to be settled."""
    not_before: datetime | None = None
    """The earliest time to go on with the lane."""


class LaneHandler(Protocol[Pending, Result]):
    """What a queue's lanes hold and what is done with it."""

    async def fetch(self, work: UnitOfWork, lanes: Sequence[str]) -> Mapping[str, Pending]:
        """What waits in the lanes; one that holds nothing is left out."""
        ...

    async def process(self, lane: str, pending: Pending) -> LaneResult[Result]:
        """Does what can be done now; must not take longer than the other side takes."""
        ...

    async def commit(self, work: UnitOfWork, results: Sequence[Result]) -> None:
        """Keeps what became of it."""
        ...


class Worker(Generic[Pending, Result]):
    """Works off one queue. `wake` is set whenever something is put into the queue."""

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
        """Works until it is cancelled; then lanes under way have a few seconds to come to their end."""
        renewing = asyncio.create_task(self._renew())
        try:
            while True:
                try:
                    await self._round()
                except Exception:  # noqa: BLE001 - a door: whatever happens must not end the post room
                    _log.exception("worker stumbled", queue=self._queue)
                    await self._clock.sleep(_PAUSE.total_seconds())
        finally:
            await self._finish()
            renewing.cancel()

    async def _round(self) -> None:
        """Settles, claims and starts; rests where there was nothing to claim."""
        self._wake.clear()
        now = self._clock.now()
        ended = list(self._ended)
        room = self._limits.concurrency - len(self._running)
        held: Mapping[str, Pending] = {}
        async with self._store.writing() as work:
            await self._settle(work, ended)
            until = now + self._limits.lease
            lanes = await work.lanes.claim(self._queue, self._owner, at=now, until=until, at_most=room) if room else ()
            if lanes:
                held = await self._handler.fetch(work, lanes)
            due_at = None if lanes else await work.lanes.next_due(self._queue)
        del self._ended[: len(ended)]
        for lane in lanes:
            # A process that stood still for longer than its leases finds its own lanes free.
            if lane not in self._running:
                self._start(lane, held.get(lane))
        if not lanes:
            await self._wait_for_work(due_at if room else None)

    def _start(self, lane: str, held: Pending | None) -> None:
        if held is None:
            self._end(LaneResult(lane))
            return
        self._running[lane] = asyncio.create_task(self._lane(lane, held))

    async def _lane(self, lane: str, held: Pending) -> None:
        ended: LaneResult[Result] = LaneResult(lane, not_before=self._clock.now() + _PAUSE)
        try:
            ended = await self._handler.process(lane, held)
        except Exception:  # noqa: BLE001 - a door: one lane's trouble must not touch the others
            _log.exception("lane not worked off", queue=self._queue)
        finally:
            del self._running[lane]
            self._end(ended)

    def _end(self, ended: LaneResult[Result]) -> None:
        self._ended.append(ended)
        self._wake.set()

    async def _settle(self, work: UnitOfWork, ended: Sequence[LaneResult[Result]]) -> None:
        if not ended:
            return
        results = [each.result for each in ended if each.result is not None]
        if results:
            await self._handler.commit(work, results)
        await work.lanes.release(self._queue, {each.lane: each.not_before for each in ended}, self._owner)

    async def _wait_for_work(self, due_at: datetime | None) -> None:
        """Waits until something is put in, a lane under way ends, or the next lane is due."""
        rest = self._limits.poll_interval
        if due_at is not None:
            rest = min(rest, max(timedelta(0), due_at - self._clock.now()))
        waits: list[asyncio.Task[object]] = [
            asyncio.create_task(self._wake.wait()),
            asyncio.create_task(self._clock.sleep(rest.total_seconds())),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _renew(self) -> None:
        """Keeps the lanes that are under way or not yet settled."""
        while True:
            await self._clock.sleep(self._limits.lease.total_seconds() / 3)
            lanes = [*self._running, *(each.lane for each in self._ended)]
            if not lanes:
                continue
            until = self._clock.now() + self._limits.lease
            try:
                async with self._store.writing() as work:
                    await work.lanes.renew(self._queue, lanes, self._owner, until=until)
            except Exception:  # noqa: BLE001 - a door: the next renewal may succeed
                _log.exception("leases not renewed", queue=self._queue)

    async def _finish(self) -> None:
        if self._running:
            await asyncio.wait(self._running.values(), timeout=_STOP_S)
        for task in list(self._running.values()):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        async with self._store.writing() as work:
            await self._settle(work, self._ended)
