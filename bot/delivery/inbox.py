"""Working off what Dataverse told of one record."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.delivery.retry import GIVE_UP_AFTER, wait_s
from bot.delivery.worker import Ended
from bot.domain.errors import ChatSyncError, Unavailable
from bot.domain.key_fields import RecordEvent
from bot.observe import correlated, get_logger
from bot.ports import Clock, Store, WaitingEvents, Work
from bot.usecases.key_fields import TellKeyFields
from bot.usecases.record_deleted import TellDeletion

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class TellLane:
    """Tells the chats of a record's waiting events, and tries again later where Dataverse does not answer.

    See `bot.delivery.worker.LaneWork`. What follows from the events is settled by the use case itself, in one
    transaction with the messages.
    """

    store: Store
    tell_key_fields: TellKeyFields
    tell_deletion: TellDeletion
    clock: Clock

    async def load(self, work: Work, lanes: Sequence[str]) -> Mapping[str, WaitingEvents]:
        """Each lane's events."""
        return await work.inbox.waiting(lanes)

    async def work_off(self, lane: str, held: WaitingEvents) -> Ended[None]:
        """Tells what the events say; where that fails, there is another attempt later."""
        with correlated(held.correlation_id):
            try:
                await self._tell(held.events)
            except ChatSyncError as error:
                asked = error.retry_after_s if isinstance(error, Unavailable) else None
                reason = f"{type(error).__name__}: {error}"
                _log.warning("events not told", reason=reason, notes=getattr(error, "__notes__", []))
                return Ended(lane, not_before=await self._failed(lane, reason, asked))
            except Exception as error:  # noqa: BLE001 - a door: no event may stand in the way for ever
                _log.exception("events not told")
                return Ended(lane, not_before=await self._failed(lane, type(error).__name__, None))
        return Ended(lane)

    async def _tell(self, events: Sequence[RecordEvent]) -> None:
        if any(event.deleted for event in events):
            await self.tell_deletion(events)
        else:
            await self.tell_key_fields(events)

    async def settle(self, work: Work, results: Sequence[None]) -> None:
        """Nothing is left to settle."""

    async def _failed(self, lane: str, reason: str, retry_after_s: float | None) -> datetime:
        now = self.clock.now()
        async with self.store.writing() as work:
            attempts = await work.inbox.failed(lane, reason, park_older_than=now - GIVE_UP_AFTER, at=now)
        # Not a secret: it only spreads attempts over time.
        jitter = random.random()  # noqa: S311
        return now + timedelta(seconds=wait_s(attempts, jitter=jitter, retry_after_s=retry_after_s))
