"""Update the rows of synced chats, and enqueue chats that have not been checked for a while."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from bot.domain.jobs import SyncJob
from bot.domain.queue_states import Queue
from bot.features.chat_sync.enqueue_stale_chats import enqueue_stale_chats
from bot.features.chat_sync.sync_chat import sync_chat
from bot.features.shared.services import Services
from bot.store.stale_chats import FIRST, SearchPosition
from bot.store.unit_of_work import UnitOfWork
from bot.workers.attempts import Attempts, Origin
from bot.workers.periodic import periodic
from bot.workers.worker import LaneResult

_EVERY = timedelta(minutes=1)


class SyncHandler:
    """Processes the job of one chat. See `bot.workers.worker.LaneHandler`."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._attempts = Attempts(
            store=services.store,
            clock=services.clock,
            event="chat_sync.failed",
            record_failure=lambda work: work.chat_sync.record_failure,
            queue=Queue.SYNC,
            dead_letter_counts=services.dead_letter_counts,
            tracer=services.tracer,
        )

    async def fetch(self, work: UnitOfWork, lanes: Sequence[str]) -> Mapping[str, SyncJob]:
        """Return the job of each lane."""
        return await work.chat_sync.pending(lanes)

    async def process(self, lane: str, pending: SyncJob) -> LaneResult[None]:
        """Sync the chat; schedule another attempt on failure."""
        origin = Origin(work="chat", correlation_id=pending.correlation_id, traces=[pending.trace])
        return await self._attempts.run(lane, origin, partial(sync_chat, self._services, pending))

    async def commit(self, work: UnitOfWork, results: Sequence[None]) -> None:
        """Commit nothing: the feature has stored its results."""

    def committed(self, results: Sequence[None]) -> None:
        """Do nothing."""


@dataclass(slots=True, kw_only=True)
class StaleChatsJob:
    """Enqueues chats that have not been checked for a while, a few at a time."""

    services: Services
    _position: SearchPosition = FIRST

    async def run(self) -> None:
        """Run until cancelled."""
        await periodic(
            self._enqueue,
            every=_EVERY,
            clock=self.services.clock,
            failed="chat_sync.enqueue_stale_failed",
            first_after=_EVERY,
        )

    async def _enqueue(self) -> None:
        self._position = await enqueue_stale_chats(self.services, _EVERY, self._position)
