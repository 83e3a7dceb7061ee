"""Maintain the subscriptions to changes in chats: when the process starts, and from time to time."""

from datetime import datetime, timedelta

from bot.features.graph_subscriptions.maintain import maintain_subscriptions
from bot.features.graph_subscriptions.reconcile import reconcile_subscriptions
from bot.features.shared.services import Services
from bot.ports.graph import ChangeFeed
from bot.tracing import SpanKind
from bot.workers.periodic import failures_logged, periodic

_FIRST_AFTER = timedelta(seconds=5)
"""Graph calls the notification URL while it creates a subscription, so the server must be listening by then."""
_EVERY = timedelta(minutes=1)
_BUSY_EVERY = timedelta(seconds=10)
"""Between iterations of fifty: five new subscriptions a second, a sixth of Graph's limit for an app in a tenant."""
_RECONCILE_EVERY = timedelta(days=1)

_FAILED = "subscription.maintenance_failed"


class SubscriptionsJob:
    """Maintains the subscriptions periodically; several processes share the work."""

    def __init__(self, services: Services, feed: ChangeFeed) -> None:
        self._services = services
        self._feed = feed
        self._reconciled_at: datetime | None = None

    async def run(self) -> None:
        """Run until cancelled."""
        await periodic(
            self._maintain, every=_EVERY, clock=self._services.clock, failed=_FAILED, first_after=_FIRST_AFTER
        )

    async def _maintain(self) -> timedelta | None:
        with self._services.tracer.begin("subscriptions", SpanKind.INTERNAL):
            return await self._reconcile_and_maintain()

    async def _reconcile_and_maintain(self) -> timedelta | None:
        now, last = self._services.clock.now(), self._reconciled_at
        if last is None or now - last >= _RECONCILE_EVERY:
            with failures_logged(_FAILED):
                await reconcile_subscriptions(self._services, self._feed)
                self._reconciled_at = now
        return _BUSY_EVERY if await maintain_subscriptions(self._services, self._feed) else None
