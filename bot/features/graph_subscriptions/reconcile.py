"""Comparing the subscriptions that are kept with those that Microsoft Graph has."""

from bot.domain.subscriptions import LifecycleEvent
from bot.features.shared.services import Services
from bot.logs import get_logger
from bot.ports.graph import ChangeFeed, RemoteSubscription

_log = get_logger(__name__)


async def reconcile_subscriptions(services: Services, feed: ChangeFeed) -> None:
    """Asks Graph for all of them; raises `Unavailable`."""
    # Those made for another address are not listed, and yet there: to be made anew they are ended first.
    async with services.store.reading() as work:
        kept = await work.subscriptions.existing_targets(fingerprint=feed.fingerprint)
    there = {each.id: each for each in await feed.list_subscriptions()}
    lost = sorted(kept.keys() - there.keys())
    if lost:
        async with services.store.writing() as work:
            await work.subscriptions.record_lifecycle(
                dict.fromkeys(lost, LifecycleEvent.REMOVED), at=services.clock.now()
            )
    # What others have made meanwhile is kept by now, or they are about to keep it.
    async with services.store.reading() as work:
        kept = await work.subscriptions.existing_targets()
        unknown = [each for each in there.values() if each.id not in kept]
        nobodys = [
            each for each in unknown if not await work.subscriptions.is_leased(each.target, at=services.clock.now())
        ]
    await _end(feed, nobodys)
    if lost or nobodys:
        _log.warning("subscriptions compared", lost=len(lost), unknown=len(nobodys))


async def _end(feed: ChangeFeed, nobodys: list[RemoteSubscription]) -> None:
    for each in nobodys:
        await feed.unsubscribe(each.id)
