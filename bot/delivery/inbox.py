"""Working off what Dataverse told of one record."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.delivery.retry import GIVE_UP_AFTER, wait_s
from bot.domain.errors import ChatSyncError, Unavailable
from bot.observe import correlated, get_logger
from bot.ports import Clock, Store
from bot.usecases.key_fields import TellKeyFields

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class TellLane:
    """Tells the chats of a record's waiting events, and tries again later where Dataverse does not answer."""

    store: Store
    tell: TellKeyFields
    clock: Clock

    async def __call__(self, lane: str) -> datetime | None:
        """Gives the time of the next attempt, if there is to be one."""
        with correlated():
            try:
                await self.tell(lane)
            except ChatSyncError as error:
                return await self._failed(lane, error)
        return None

    async def _failed(self, lane: str, error: ChatSyncError) -> datetime:
        now = self.clock.now()
        reason = f"{type(error).__name__}: {error}"
        _log.warning("events not told", reason=reason, notes=getattr(error, "__notes__", []))
        async with self.store.writing() as work:
            attempts = await work.inbox.failed(lane, reason, park_older_than=now - GIVE_UP_AFTER, at=now)
        asked = error.retry_after_s if isinstance(error, Unavailable) else None
        # Not a secret: it only spreads attempts over time.
        jitter = random.random()  # noqa: S311
        return now + timedelta(seconds=wait_s(attempts, jitter=jitter, retry_after_s=asked))
