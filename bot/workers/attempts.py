"""Process the work of a lane, and schedule another attempt if it fails."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.clock import Clock
from bot.domain.errors import ChatSyncError, Unavailable
from bot.domain.queue_states import Failures, Queue
from bot.domain.stored_texts import storable_failure
from bot.logs import get_logger, with_correlation_id
from bot.logs.tracebacks import describe_error
from bot.runtime.backoff import Backoff
from bot.store.unit_of_work import Store, UnitOfWork
from bot.tracing import SpanKind, Tracer
from bot.workers.worker import LaneResult

GIVE_UP_AFTER = timedelta(hours=24)
"""Work that has failed for this long becomes a dead letter with its reason (spec K9)."""

BACKOFF = Backoff(first_s=1.0, factor=2.0, longest_s=300.0)

_log = get_logger(__name__)


class RecordFailure(Protocol):
    """Store that an attempt on a lane failed, and return the number of failures so far and of new dead letters."""

    async def __call__(self, lane: str, reason: str, *, dead_letter_before: datetime, at: datetime) -> Failures:
        """Turn work into dead letters if it was enqueued before `dead_letter_before`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The cause of the work of a lane, for logs and traces."""

    work: str
    """The kind of the work."""
    correlation_id: str
    traces: Sequence[str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """Runs the work of the lanes of one queue. `event`: the log event of a failure."""

    store: Store
    clock: Clock
    event: str
    record_failure: Callable[[UnitOfWork], RecordFailure]
    queue: Queue
    dead_letter_counts: Counter[tuple[str, ...]]
    """Rows that were given up, by queue."""
    tracer: Tracer

    async def run(
        self, lane: str, origin: Origin, process: Callable[[], Awaitable[datetime | None]]
    ) -> LaneResult[None]:
        """Run `process`, which returns when to continue; on failure, log it and schedule the next attempt."""
        begun = self.tracer.begin(f"{self.queue} {origin.work}", SpanKind.CONSUMER, origin.traces)
        with with_correlation_id(origin.correlation_id) as correlation_id, begun as step:
            step.set("chatsync.correlation_id", correlation_id)
            try:
                return LaneResult(lane, not_before=await process())
            except ChatSyncError as error:
                step.fail(type(error).__name__)
                retry_after_s = error.retry_after_s if isinstance(error, Unavailable) else None
                reason = storable_failure(error)
                _log.warning(self.event, reason=describe_error(error), notes=getattr(error, "__notes__", []))
            except Exception as error:  # noqa: BLE001 - the worker's boundary: one lane must not block the others
                step.fail(type(error).__name__)
                retry_after_s, reason = None, type(error).__name__
                _log.exception(self.event)
            return LaneResult(lane, not_before=await self._next_attempt_at(lane, reason, retry_after_s))

    async def _next_attempt_at(self, lane: str, reason: str, retry_after_s: float | None) -> datetime:
        now = self.clock.now()
        async with self.store.writing() as work:
            record = self.record_failure(work)
            failures = await record(lane, reason, dead_letter_before=now - GIVE_UP_AFTER, at=now)
        self.dead_letter_counts[self.queue,] += failures.dead_letters
        return BACKOFF.next_attempt_at(now, failures.attempts, retry_after_s)
