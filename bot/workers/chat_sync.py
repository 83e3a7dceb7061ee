"""Bringing the rows of synced chats up to date, and looking now and then for what nobody told of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bot.clock import Clock
from bot.domain.errors import ChatSyncError, Unavailable
from bot.domain.jobs import SyncJob
from bot.features.chat_sync.enqueue_stale_chats import FindUnlooked
from bot.features.chat_sync.sync_chat import SyncChat
from bot.logs import correlated, get_logger
from bot.store.unit_of_work import Store, UnitOfWork
from bot.workers.backoff import GIVE_UP_AFTER, next_attempt_at
from bot.workers.periodic import run_logged
from bot.workers.worker import LaneResult

_EVERY_S = 60.0

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncHandler:
    """Does the job of one chat. See `bot.workers.worker.LaneHandler`."""

    store: Store
    sync_chat: SyncChat
    clock: Clock

    async def fetch(self, work: UnitOfWork, lanes: Sequence[str]) -> Mapping[str, SyncJob]:
        """What is asked for in each lane."""
        return await work.chat_sync.pending(lanes)

    async def process(self, lane: str, pending: SyncJob) -> LaneResult[None]:
        """Does what can be done; where something fails, there is another attempt later."""
        with correlated(pending.correlation_id):
            try:
                return LaneResult(lane, not_before=await self.sync_chat(pending))
            except ChatSyncError as error:
                asked = error.retry_after_s if isinstance(error, Unavailable) else None
                reason = f"{type(error).__name__}: {error}"
                _log.warning("chat not synced", reason=reason, notes=getattr(error, "__notes__", []))
                return LaneResult(lane, not_before=await self._failed(lane, reason, asked))
            except Exception as error:  # noqa: BLE001 - a door: no chat may stand in the way of the others
                _log.exception("chat not synced")
                return LaneResult(lane, not_before=await self._failed(lane, type(error).__name__, None))

    async def commit(self, work: UnitOfWork, results: Sequence[None]) -> None:
        """Nothing is left to settle."""

    async def _failed(self, lane: str, reason: str, retry_after_s: float | None) -> datetime:
        now = self.clock.now()
        async with self.store.writing() as work:
            attempts = await work.chat_sync.record_failure(lane, reason, dead_letter_before=now - GIVE_UP_AFTER, at=now)
        return next_attempt_at(now, attempts, retry_after_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleChatsJob:
    """Has chats looked at that were not for long, a few at a time."""

    find_unlooked: FindUnlooked
    clock: Clock

    async def run(self) -> None:
        """Looks until it is cancelled."""
        while True:
            await self.clock.sleep(_EVERY_S)
            await run_logged(partial(self.find_unlooked, timedelta(seconds=_EVERY_S)), "chats not looked for")
