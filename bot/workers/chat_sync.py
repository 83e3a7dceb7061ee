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
from bot.workers.backoff import GIVE_UP_AFTER, again_at
from bot.workers.periodic import tried
from bot.workers.worker import Ended

_EVERY_S = 60.0

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncLane:
    """Does the job of one chat. See `bot.workers.worker.LaneWork`."""

    store: Store
    sync_chat: SyncChat
    clock: Clock

    async def load(self, work: UnitOfWork, lanes: Sequence[str]) -> Mapping[str, SyncJob]:
        """What is asked for in each lane."""
        return await work.chat_sync.jobs(lanes)

    async def work_off(self, lane: str, held: SyncJob) -> Ended[None]:
        """Does what can be done; where something fails, there is another attempt later."""
        with correlated(held.correlation_id):
            try:
                return Ended(lane, not_before=await self.sync_chat(held))
            except ChatSyncError as error:
                asked = error.retry_after_s if isinstance(error, Unavailable) else None
                reason = f"{type(error).__name__}: {error}"
                _log.warning("chat not synced", reason=reason, notes=getattr(error, "__notes__", []))
                return Ended(lane, not_before=await self._failed(lane, reason, asked))
            except Exception as error:  # noqa: BLE001 - a door: no chat may stand in the way of the others
                _log.exception("chat not synced")
                return Ended(lane, not_before=await self._failed(lane, type(error).__name__, None))

    async def settle(self, work: UnitOfWork, results: Sequence[None]) -> None:
        """Nothing is left to settle."""

    async def _failed(self, lane: str, reason: str, retry_after_s: float | None) -> datetime:
        now = self.clock.now()
        async with self.store.writing() as work:
            attempts = await work.chat_sync.failed(lane, reason, park_older_than=now - GIVE_UP_AFTER, at=now)
        return again_at(now, attempts, retry_after_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowLook:
    """Has chats looked at that were not for long, a few at a time."""

    find_unlooked: FindUnlooked
    clock: Clock

    async def run(self) -> None:
        """Looks until it is cancelled."""
        while True:
            await self.clock.sleep(_EVERY_S)
            await tried(partial(self.find_unlooked, timedelta(seconds=_EVERY_S)), "chats not looked for")
