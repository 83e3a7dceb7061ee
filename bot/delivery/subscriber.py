"""Sees to the subscriptions to changes in chats: when the process starts, and now and then afterwards."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.errors import ChatSyncError
from bot.observe import correlated, get_logger
from bot.ports import Clock
from bot.usecases.compare_subscriptions import CompareSubscriptions
from bot.usecases.keep_subscriptions import KeepSubscriptions

_SETTLED = timedelta(seconds=5)
"""After a start: whoever subscribes is called back at once, and the server has to listen by then."""
_EVERY = timedelta(minutes=1)
_BUSY_EVERY = timedelta(seconds=10)
"""Between rounds of fifty: five new subscriptions a second, a sixth of what Graph takes of an app in a tenant."""
_COMPARED_EVERY = timedelta(days=1)

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """Calls the use cases for as long as the process lives; several processes share the work."""

    keep: KeepSubscriptions
    compare: CompareSubscriptions
    clock: Clock

    async def run(self) -> None:
        """Sees to them until it is cancelled."""
        await self.clock.sleep(_SETTLED.total_seconds())
        compared_at: datetime | None = None
        while True:
            now = self.clock.now()
            if (compared_at is None or now - compared_at >= _COMPARED_EVERY) and await _done(self._compared):
                compared_at = now
            busy = await _done(self.keep)
            await self.clock.sleep((_BUSY_EVERY if busy else _EVERY).total_seconds())

    async def _compared(self) -> bool:
        await self.compare()
        return True


async def _done(work: Callable[[], Awaitable[bool]]) -> bool:
    """What the work gives; False where it failed, which the next round may not."""
    with correlated():
        try:
            return await work()
        except ChatSyncError as error:
            _log.warning("subscriptions not seen to", reason=str(error))
        except Exception:  # noqa: BLE001 - a door: the next round may be better
            _log.exception("subscriptions not seen to")
    return False
