"""Metrics of the queues: depth, age of the oldest item, and failing items."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.clock import Clock
from bot.features.operations.check_health import Check
from bot.store.unit_of_work import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueDepth:
    """The depth of a queue, and the age of its oldest item, which is 0 if it is empty."""

    waiting: int
    oldest_s: float
    stuck: int | None
    """Number of items that fail repeatedly; None if the queue does not count them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueMetrics:
    """Reads the queues from the database, which all processes share."""

    store: Store
    clock: Clock
    check_database: Check

    async def __call__(self) -> Mapping[str, QueueDepth]:
        """Return the depth of each queue by name; raise `Unavailable` if the database does not respond."""
        await self.check_database()
        async with self.store.reading() as work:
            states = await work.queue_states.queues()
        now = self.clock.now()
        return {
            queue.value: QueueDepth(
                waiting=state.pending,
                oldest_s=max(0.0, (now - state.oldest_at).total_seconds()) if state.oldest_at else 0.0,
                stuck=state.stuck,
            )
            for queue, state in states.items()
        }
