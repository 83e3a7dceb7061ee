"""A worker: claims the lanes of one queue that are due, works them off side by side, and rests until woken."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from bot.observe import get_logger
from bot.ports import Clock, Queue, Store

WorkOff = Callable[[str], Awaitable[datetime | None]]
"""Works off what waits in a lane; gives the earliest time to go on where it could not finish."""

_PAUSE_S = 1.0
_STOP_S = 5.0

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a worker takes on."""

    at_once: int = 50
    """Lanes side by side."""
    lease: timedelta = timedelta(seconds=12)
    """How long a lane stays with a worker that is not heard of; a living one renews it three times as often."""


class Worker:
    """Works off one queue. `wake` is set whenever something is put into the queue."""

    def __init__(
        self, queue: Queue, work_off: WorkOff, *, store: Store, clock: Clock, wake: asyncio.Event, limits: Limits
    ) -> None:
        self._queue = queue
        self._work_off = work_off
        self._store = store
        self._clock = clock
        self._wake = wake
        self._limits = limits
        self._owner = uuid4().hex
        self._running: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Works until it is cancelled; then lanes under way have a few seconds to come to their end."""
        try:
            while True:
                try:
                    await self._round()
                except Exception:  # noqa: BLE001 - a door: whatever happens must not end the post room
                    _log.exception("worker stumbled", queue=self._queue)
                    await self._clock.sleep(_PAUSE_S)
        finally:
            if self._running:
                await asyncio.wait(self._running, timeout=_STOP_S)
            for task in self._running:
                task.cancel()

    async def _round(self) -> None:
        self._wake.clear()
        lanes = await self._claim()
        for lane in lanes:
            task = asyncio.create_task(self._lane(lane))
            self._running.add(task)
            task.add_done_callback(self._finished)
        if not lanes:
            await self._rest()

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._wake.set()
        if not task.cancelled() and task.exception():
            # The lane was not given back; its lease ends by itself.
            _log.error("lane not given back", queue=self._queue, exc_info=task.exception())

    async def _claim(self) -> Sequence[str]:
        room = self._limits.at_once - len(self._running)
        if room <= 0:
            return ()
        now = self._clock.now()
        async with self._store.writing() as work:
            until = now + self._limits.lease
            return await work.lanes.claim(self._queue, self._owner, at=now, until=until, at_most=room)

    async def _rest(self) -> None:
        """Waits until something is put in, a lane under way ends, or the next lane is due."""
        async with self._store.reading() as work:
            due_at = await work.lanes.next_due(self._queue)
        waits: list[asyncio.Task[object]] = [asyncio.create_task(self._wake.wait())]
        if due_at is not None and len(self._running) < self._limits.at_once:
            seconds = max(0.0, (due_at - self._clock.now()).total_seconds())
            waits.append(asyncio.create_task(self._clock.sleep(seconds)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _lane(self, lane: str) -> None:
        renewing = asyncio.create_task(self._renew(lane))
        not_before: datetime | None = None
        try:
            not_before = await self._work_off(lane)
        except Exception:  # noqa: BLE001 - a door: one lane's trouble must not touch the others
            _log.exception("lane not worked off", queue=self._queue)
            not_before = self._clock.now() + timedelta(seconds=_PAUSE_S)
        finally:
            renewing.cancel()
            with suppress(asyncio.CancelledError):
                await renewing
            async with self._store.writing() as work:
                await work.lanes.release(self._queue, lane, self._owner, not_before=not_before)

    async def _renew(self, lane: str) -> None:
        while True:
            await self._clock.sleep(self._limits.lease.total_seconds() / 3)
            async with self._store.writing() as work:
                await work.lanes.renew(self._queue, lane, self._owner, until=self._clock.now() + self._limits.lease)
