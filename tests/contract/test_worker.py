"""A worker that was suspended for longer than its leases: each lane is processed once."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.domain.jobs import EnvironmentJob, JobKind, PendingWork
from bot.domain.limits import Limits
from bot.domain.queue_states import Queue
from bot.domain.values import EnvironmentId
from bot.store.unit_of_work import Store, UnitOfWork
from bot.workers.worker import LaneResult, Worker
from tests.fakes.clock import HeldClock

JOB = EnvironmentJob(kind=JobKind.SYNC_ALL, environment=EnvironmentId("org.crm.dynamics.com"))
LEASE = timedelta(seconds=10)


class SlowHandler:
    """Processes a lane until it is fetched for a second time."""

    def __init__(self) -> None:
        self.fetched = 0
        self.processed = 0
        self._is_fetched_again = asyncio.Event()

    async def fetch(self, work: UnitOfWork, lanes: Sequence[str]) -> Mapping[str, PendingWork]:
        self.fetched += 1
        if self.fetched > 1:
            self._is_fetched_again.set()
            for _ in range(9):  # the running task ends before this transaction
                await asyncio.sleep(0)
        return await work.inbox.pending(lanes)

    async def process(self, lane: str, pending: PendingWork) -> LaneResult[str]:
        self.processed += 1
        await self._is_fetched_again.wait()
        return LaneResult(lane, pending.keys[0])

    async def commit(self, work: UnitOfWork, results: Sequence[str]) -> None:
        await work.inbox.complete(results, at=HeldClock().now())

    def committed(self, results: Sequence[str]) -> None:
        assert results


class FailingHandler:
    """Fails to process the environment's job."""

    async def fetch(self, work: UnitOfWork, lanes: Sequence[str]) -> Mapping[str, PendingWork]:
        return await work.inbox.pending(lanes)

    async def process(self, lane: str, pending: PendingWork) -> LaneResult[str]:
        raise LookupError

    async def commit(self, work: UnitOfWork, results: Sequence[str]) -> None:
        raise AssertionError

    def committed(self, results: Sequence[str]) -> None:
        raise AssertionError


async def test_errors_of_a_lane_that_went_on_in_another_process_are_forgotten(store: Store, clock: HeldClock) -> None:
    worker = Worker(
        Queue.INBOX, FailingHandler(), store=store, clock=clock, wake=asyncio.Event(), limits=Limits(lease=LEASE)
    )
    async with store.writing() as work:
        await work.inbox.enqueue(JOB, at=clock.now(), due_at=clock.now())
    pauses = [await pause_after_failure(worker, store, clock) for _ in range(8)]
    assert pauses[-1] > 8 * pauses[0]
    # Meanwhile, another process works on the lane.
    clock.advance(86_400)
    assert await pause_after_failure(worker, store, clock) < pauses[-1] / 8


async def pause_after_failure(worker: Worker[PendingWork, str], store: Store, clock: HeldClock) -> float:
    """Let the worker fail once, and advance the clock to the next attempt; return the seconds in between."""
    await worker._iterate()
    await worker._finish()
    async with store.reading() as work:
        due_at = await work.lanes.next_due(Queue.INBOX)
    assert due_at
    seconds = (due_at - clock.now()).total_seconds()
    clock.advance(seconds)
    return seconds


async def test_a_lane_whose_result_is_not_committed_yet_is_not_processed_again(store: Store, clock: HeldClock) -> None:
    handler = SlowHandler()
    worker = Worker(
        Queue.INBOX, handler, store=store, clock=clock, wake=asyncio.Event(), limits=Limits(lease=LEASE, concurrency=5)
    )
    async with store.writing() as work:
        await work.inbox.enqueue(JOB, at=clock.now(), due_at=clock.now())
    await worker._iterate()
    clock.advance(LEASE.total_seconds())
    await worker._iterate()
    await worker._finish()
    assert (handler.fetched, handler.processed) == (2, 1)
    async with store.reading() as work:
        assert await work.lanes.next_due(Queue.INBOX) is None
