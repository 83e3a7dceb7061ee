"""Comparing the subscriptions that are kept with those that Microsoft Graph has."""

from dataclasses import dataclass

from bot.clock import Clock
from bot.domain.subscriptions import LifecycleEvent
from bot.logs import get_logger
from bot.ports.graph import ChangeFeed, RemoteSubscription
from bot.store.unit_of_work import Store

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareSubscriptions:
    """What is lost there is to be made anew; what nobody here knows of is ended: a crash may have left it."""

    store: Store
    feed: ChangeFeed
    clock: Clock

    async def __call__(self) -> None:
        """Asks Graph for all of them; raises `Unavailable`."""
        # Those made for another address are not listed, and yet there: to be made anew they are ended first.
        async with self.store.reading() as work:
            kept = await work.subscriptions.existing_targets(fingerprint=self.feed.fingerprint)
        there = {each.id: each for each in await self.feed.list_subscriptions()}
        lost = sorted(kept.keys() - there.keys())
        if lost:
            async with self.store.writing() as work:
                await work.subscriptions.record_lifecycle(
                    dict.fromkeys(lost, LifecycleEvent.REMOVED), at=self.clock.now()
                )
        # What others have made meanwhile is kept by now, or they are about to keep it.
        async with self.store.reading() as work:
            kept = await work.subscriptions.existing_targets()
            unknown = [each for each in there.values() if each.id not in kept]
            nobodys = [
                each for each in unknown if not await work.subscriptions.is_leased(each.target, at=self.clock.now())
            ]
        await self._end(nobodys)
        if lost or nobodys:
            _log.warning("subscriptions compared", lost=len(lost), unknown=len(nobodys))

    async def _end(self, nobodys: list[RemoteSubscription]) -> None:
        for each in nobodys:
            await self.feed.unsubscribe(each.id)
