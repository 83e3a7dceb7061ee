"""How much waits in the queues, and for how long."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.clock import Clock
from bot.features.operations.check_health import Check
from bot.store.unit_of_work import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueDepth:
    """What waits in a queue; without anything the oldest is 0 seconds old."""

    waiting: int
    oldest_s: float
    stuck: int | None
    """How many fail again and again; None where that is not counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueMetrics:
    """Counts in the database, where all processes put what waits."""

    store: Store
    clock: Clock
    require_answer: Check
    """Of the database."""

    async def __call__(self) -> Mapping[str, QueueDepth]:
        """The queues by their names; raises `Unavailable` where the database does not answer."""
        await self.require_answer()
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
