"""Sees to the subscriptions to changes in chats: when the process starts, and now and then afterwards."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.features.graph_subscriptions.maintain import KeepSubscriptions
from bot.features.graph_subscriptions.reconcile import CompareSubscriptions
from bot.workers.periodic import run_logged

_SETTLED = timedelta(seconds=5)
"""After a start: whoever subscribes is called back at once, and the server has to listen by then."""
_EVERY = timedelta(minutes=1)
_BUSY_EVERY = timedelta(seconds=10)
"""Between rounds of fifty: five new subscriptions a second, a sixth of what Graph takes of an app in a tenant."""
_COMPARED_EVERY = timedelta(days=1)

_FAILED = "subscriptions not seen to"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionsJob:
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
            if (compared_at is None or now - compared_at >= _COMPARED_EVERY) and await run_logged(
                self._compared, _FAILED
            ):
                compared_at = now
            busy = await run_logged(self.keep, _FAILED)
            await self.clock.sleep((_BUSY_EVERY if busy else _EVERY).total_seconds())

    async def _compared(self) -> bool:
        await self.compare()
        return True
