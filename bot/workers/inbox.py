"""Working off what Dataverse told of one record, or what was asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.domain.errors import ChatSyncError, Unavailable
from bot.domain.jobs import ChatJob, JobKind, PendingWork
from bot.features.chat_sync.enqueue_stale_chats import FindUnlooked
from bot.features.key_fields.catch_up import CatchUp
from bot.features.key_fields.notify_changes import TellKeyFields
from bot.features.key_fields.notify_deletion import TellDeletion
from bot.features.key_fields.webhook_registration import RegisterEvents
from bot.logs import correlated, get_logger
from bot.store.unit_of_work import Store, UnitOfWork
from bot.workers.backoff import GIVE_UP_AFTER, next_attempt_at
from bot.workers.worker import LaneResult

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxHandler:
    """Tells chats what follows from what waits, and tries again later where Dataverse does not answer.

    See `bot.workers.worker.LaneHandler`. What follows from the events is settled by the use case itself, in one
    transaction with the messages.
    """

    store: Store
    tell_key_fields: TellKeyFields
    tell_deletion: TellDeletion
    catch_up: CatchUp
    register_events: RegisterEvents
    find_unlooked: FindUnlooked
    clock: Clock

    async def fetch(self, work: UnitOfWork, lanes: Sequence[str]) -> Mapping[str, PendingWork]:
        """What waits in each lane."""
        return await work.inbox.pending(lanes)

    async def process(self, lane: str, pending: PendingWork) -> LaneResult[None]:
        """Tells what the events say; where that fails, there is another attempt later."""
        with correlated(pending.correlation_id):
            try:
                await self._dispatch(pending)
            except ChatSyncError as error:
                asked = error.retry_after_s if isinstance(error, Unavailable) else None
                reason = f"{type(error).__name__}: {error}"
                _log.warning("events not told", reason=reason, notes=getattr(error, "__notes__", []))
                return LaneResult(lane, not_before=await self._failed(lane, reason, asked))
            except Exception as error:  # noqa: BLE001 - a door: no event may stand in the way for ever
                _log.exception("events not told")
                return LaneResult(lane, not_before=await self._failed(lane, type(error).__name__, None))
        return LaneResult(lane)

    async def _dispatch(self, held: PendingWork) -> None:
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

    async def commit(self, work: UnitOfWork, results: Sequence[None]) -> None:
        """Nothing is left to settle."""

    async def _failed(self, lane: str, reason: str, retry_after_s: float | None) -> datetime:
        now = self.clock.now()
        async with self.store.writing() as work:
            attempts = await work.inbox.record_failure(lane, reason, dead_letter_before=now - GIVE_UP_AFTER, at=now)
        return next_attempt_at(now, attempts, retry_after_s)
