"""Working off what Dataverse told of one record, or what was asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.domain.errors import ChatSyncError, Unavailable
from bot.domain.jobs import ChatJob, JobKind, Waiting
from bot.features.chat_sync.enqueue_stale_chats import FindUnlooked
from bot.features.key_fields.catch_up import CatchUp
from bot.features.key_fields.notify_changes import TellKeyFields
from bot.features.key_fields.notify_deletion import TellDeletion
from bot.features.key_fields.webhook_registration import RegisterEvents
from bot.logs import correlated, get_logger
from bot.store.unit_of_work import Store, UnitOfWork
from bot.workers.backoff import GIVE_UP_AFTER, again_at
from bot.workers.worker import Ended

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class TellLane:
    """Tells chats what follows from what waits, and tries again later where Dataverse does not answer.

    See `bot.workers.worker.LaneWork`. What follows from the events is settled by the use case itself, in one
    transaction with the messages.
    """

    store: Store
    tell_key_fields: TellKeyFields
    tell_deletion: TellDeletion
    catch_up: CatchUp
    register_events: RegisterEvents
    find_unlooked: FindUnlooked
    clock: Clock

    async def load(self, work: UnitOfWork, lanes: Sequence[str]) -> Mapping[str, Waiting]:
        """What waits in each lane."""
        return await work.inbox.waiting(lanes)

    async def work_off(self, lane: str, held: Waiting) -> Ended[None]:
        """Tells what the events say; where that fails, there is another attempt later."""
        with correlated(held.correlation_id):
            try:
                await self._tell(held)
            except ChatSyncError as error:
                asked = error.retry_after_s if isinstance(error, Unavailable) else None
                reason = f"{type(error).__name__}: {error}"
                _log.warning("events not told", reason=reason, notes=getattr(error, "__notes__", []))
                return Ended(lane, not_before=await self._failed(lane, reason, asked))
            except Exception as error:  # noqa: BLE001 - a door: no event may stand in the way for ever
                _log.exception("events not told")
                return Ended(lane, not_before=await self._failed(lane, type(error).__name__, None))
        return Ended(lane)

    async def _tell(self, held: Waiting) -> None:
        if isinstance(held.job, ChatJob):
            await self.catch_up(held.job.chat_id, held.keys)
        elif held.job and held.job.kind is JobKind.SYNC_ALL:
            await self.find_unlooked.of_environment(held.job.environment, held.keys)
        elif held.job:
            await self.register_events.follow(held.job.environment, held.keys)
        elif any(event.deleted for event in held.events):
            await self.tell_deletion(held.events)
        else:
            await self.tell_key_fields(held.events)

    async def settle(self, work: UnitOfWork, results: Sequence[None]) -> None:
        """Nothing is left to settle."""

    async def _failed(self, lane: str, reason: str, retry_after_s: float | None) -> datetime:
        now = self.clock.now()
        async with self.store.writing() as work:
            attempts = await work.inbox.failed(lane, reason, park_older_than=now - GIVE_UP_AFTER, at=now)
        return again_at(now, attempts, retry_after_s)
