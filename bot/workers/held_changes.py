"""Post held changes when their time has come: at the end of quiet hours and mutes, and at the time of digests."""

from datetime import timedelta

from bot.features.connections.undo_disconnect import UNDO_WITHIN
from bot.features.notifications.held_changes import enqueue_due_changes
from bot.features.shared.services import Services
from bot.workers.periodic import periodic

_EVERY = timedelta(seconds=10)
_AGAIN = timedelta(seconds=2)
"""Time between two searches while chats are due. An urgent event waits for the jobs that are due before it, so that
few are enqueued at a time.
"""


class HeldChangesJob:
    """Enqueues due chats. It runs in each process: a chat that another process enqueued is left alone."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def run(self) -> None:
        """Run until cancelled."""
        await periodic(self._enqueue, every=_EVERY, clock=self._services.clock, failed="held_changes.search_failed")

    async def _enqueue(self) -> None:
        while await enqueue_due_changes(self._services, undo_within=UNDO_WITHIN, ahead=2 * _AGAIN):
            await self._services.clock.sleep(_AGAIN.total_seconds())
