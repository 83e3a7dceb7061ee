"""Reconcile the stored subscriptions with those in Microsoft Graph."""

from collections.abc import Sequence

from bot.domain.subscriptions import LifecycleEvent
from bot.features.shared.services import Services
from bot.logs import get_logger
from bot.ports.graph import ChangeFeed, RemoteSubscription

_log = get_logger(__name__)


async def reconcile_subscriptions(services: Services, feed: ChangeFeed) -> None:
    """Mark stored subscriptions that Graph lacks as removed, and delete those in Graph that are not stored.

    Raises `Unavailable`.
    """
    # Graph lists only the subscriptions of the current address. Those of a former address still exist, so that
    # `maintain_subscriptions` can delete them before it creates new ones.
    async with services.store.reading() as work:
        stored = await work.subscriptions.existing_targets(fingerprint=feed.fingerprint)
    remote = {each.id: each for each in await feed.list_subscriptions()}
    lost = sorted(stored.keys() - remote.keys())
    if lost:
        async with services.store.writing() as work:
            events = dict.fromkeys(lost, LifecycleEvent.REMOVED)
            await work.subscriptions.record_lifecycle(events, at=services.clock.now())
    unknown = await _unknown(services, list(remote.values()))
    for each in unknown:
        await feed.unsubscribe(each.id)
    if lost or unknown:
        _log.warning("subscription.reconciled", lost=len(lost), unknown=len(unknown))


async def _unknown(services: Services, remote: Sequence[RemoteSubscription]) -> Sequence[RemoteSubscription]:
    """Return the subscriptions that are not stored and that no worker is creating.

    The store is read after Graph. A subscription that another process created before is stored by now, or leased.
    """
    async with services.store.reading() as work:
        stored = await work.subscriptions.existing_targets()
        return [
            each
            for each in remote
            if each.id not in stored and not await work.subscriptions.is_leased(each.target, at=services.clock.now())
        ]
