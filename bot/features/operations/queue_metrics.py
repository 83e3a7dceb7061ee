"""Metrics from the database: depth, age, and failing items of the queues, and the expiry of subscriptions."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

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
class StoredMetrics:
    """Metrics that all processes share."""

    queues: Mapping[str, QueueDepth]
    subscription_expiry_s: float
    """Seconds until the first subscription expires; negative if it has, and infinite if there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueMetrics:
    """Reads the metrics from the database, which all processes share."""

    store: Store
    clock: Clock
    check_database: Check

    async def __call__(self) -> StoredMetrics:
        """Return the metrics; raise `Unavailable` if the database does not respond."""
        await self.check_database()
        async with self.store.reading() as work:
            states = await work.queue_states.queues()
            expires_at = await work.subscriptions.first_expiry()
        now = self.clock.now()
        depths = {
            queue.value: QueueDepth(
                waiting=state.pending,
                oldest_s=max(0.0, (now - state.oldest_at).total_seconds()) if state.oldest_at else 0.0,
                stuck=state.stuck,
            )
            for queue, state in states.items()
        }
        expiry_s = (expires_at - now).total_seconds() if expires_at else inf
        return StoredMetrics(queues=depths, subscription_expiry_s=expiry_s)
