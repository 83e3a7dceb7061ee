"""Having Microsoft Graph tell of changes in synced chats (spec Y2).

Two subscriptions cover every chat that has the app, where the organisation has granted them; else each synced chat has
one, as far as there is room. What neither covers is found by looking at the chats from time to time.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.domain.chat_sync import is_sync_on
from bot.domain.errors import BadRequest, ChatSyncError, Conflict, NotAllowed, NotFound, Unavailable
from bot.domain.record_links import RecordLinks
from bot.domain.subscriptions import (
    ALL_CHATS_TARGETS,
    MAX_SUBSCRIPTIONS,
    TOPICS,
    Subscription,
    SubscriptionError,
    SubscriptionStep,
    SubscriptionTarget,
    SyncedEnvironment,
    chat_target,
    next_attempt_at,
    next_step,
    renewal_at,
)
from bot.domain.values import ChatId
from bot.logs import get_logger
from bot.ports.graph import ChangeFeed, RemoteSubscription
from bot.store.administration import Administration
from bot.store.unit_of_work import Store, UnitOfWork

AT_ONCE = 50
"""Subscriptions of one round, and new ones that are wanted in it."""
_LEASE = timedelta(minutes=5)
"""Longer than a call takes, both handshakes and all attempts included."""
_CHATS_AT_ONCE = 500

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepSubscriptions:
    """Sees to the subscriptions, side by side with other processes."""

    store: Store
    administration: Administration
    links: RecordLinks
    feed: ChangeFeed
    clock: Clock
    tenant: str | None
    """The tenant whose chats Graph tells of; None where it is not known."""
    at_most: int = MAX_SUBSCRIPTIONS

    async def __call__(self) -> bool:
        """Makes, renews and ends what is due; gives whether there may be more to do at once."""
        synced = await self._synced()
        now = self.clock.now()
        async with self.store.writing() as work:
            more = await self._plan(work, synced, now)
            due = await work.subscriptions.claim(at=now, until=now + _LEASE, at_most=AT_ONCE)
        again = await asyncio.gather(*(self._see_to(each, synced) for each in due))
        return more or len(due) == AT_ONCE or any(again)

    async def _synced(self) -> Sequence[SyncedEnvironment]:
        """The environments whose chats are synced."""
        found = []
        for environment in self.links.environments:
            settings = await self.administration.settings(environment.id)
            days = settings.organization.sync_idle_days
            since = self.clock.now() - timedelta(days=days) if days else None
            if is_sync_on(settings):
                found.append(SyncedEnvironment(environment=environment.id, active_since=since))
        return found

    async def _plan(self, work: UnitOfWork, synced: Sequence[SyncedEnvironment], now: datetime) -> bool:
        """Says what is wanted; gives whether more is than was said."""
        subscriptions = work.subscriptions
        if not synced:
            await subscriptions.cancel_all(at=now)
            return False
        await subscriptions.expire_outdated(self.feed.fingerprint, at=now)
        await subscriptions.request(ALL_CHATS_TARGETS, at=now)
        topics = (await subscriptions.get_many([TOPICS]))[TOPICS]
        one_by_one = topics.id is None and topics.error is not None and topics.error.permanent
        if topics.id or one_by_one:
            await subscriptions.cancel_chats(except_synced_in=synced if one_by_one else (), at=now)
        if not one_by_one:
            return False
        room = max(0, min(AT_ONCE, self.at_most - await subscriptions.count_for_chats()))
        chats = await subscriptions.chats_without(synced, tenant=self.tenant, at_most=room)
        await subscriptions.request([chat_target(each) for each in chats], at=now)
        return len(chats) == AT_ONCE

    async def _see_to(self, subscription: Subscription, synced: Sequence[SyncedEnvironment]) -> bool:
        """Does what the subscription needs; gives whether it needs something more at once."""
        step = next_step(subscription, self.feed.fingerprint, self.clock.now())
        try:
            return await self._do(step, subscription, synced)
        except ChatSyncError as error:
            _log.warning(
                "subscription not seen to",
                scope=subscription.target.scope,
                step=step,
                reason=f"{type(error).__name__}: {error}",
                notes=getattr(error, "__notes__", []),
            )
            await self._put_off(step, subscription, error)
            return False

    async def _do(
        self, step: SubscriptionStep, subscription: Subscription, synced: Sequence[SyncedEnvironment]
    ) -> bool:
        if step is SubscriptionStep.DELETE:
            return await self._end(subscription)
        if step is SubscriptionStep.RENEW:
            return await self._renew(subscription, synced)
        if step is SubscriptionStep.REFRESH:
            return await self._reread(subscription, synced)
        if step is SubscriptionStep.RECREATE and subscription.id:
            await self.feed.unsubscribe(subscription.id)
            return await self._see_to(replace(subscription, id=None), synced)
        return await self._make(subscription)

    async def _end(self, subscription: Subscription) -> bool:
        if subscription.id:
            await self.feed.unsubscribe(subscription.id)
        async with self.store.writing() as work:
            await work.subscriptions.delete(subscription.target, at=self.clock.now())
        return False

    async def _renew(self, subscription: Subscription, synced: Sequence[SyncedEnvironment]) -> bool:
        try:
            renewed = await self.feed.renew(subscription.id or "", subscription.target)
        except NotFound:
            return await self._see_to(replace(subscription, id=None), synced)
        return await self._keep(subscription, renewed)

    async def _make(self, subscription: Subscription) -> bool:
        made = await self._subscribed(subscription.target)
        return await self._keep(subscription, made, is_new=True)

    async def _subscribed(self, watch: SubscriptionTarget) -> RemoteSubscription:
        try:
            return await self.feed.subscribe(watch)
        except Conflict:
            # Made by somebody who died before it was kept: nobody knows with which client state.
            for each in await self.feed.list_subscriptions():
                if each.target == watch:
                    await self.feed.unsubscribe(each.id)
            return await self.feed.subscribe(watch)

    async def _keep(self, subscription: Subscription, there: RemoteSubscription, *, is_new: bool = False) -> bool:
        # Where there was one before the new one, it is over: nobody knows what happened since.
        reread = is_new and subscription.expires_at is not None
        now = replace(
            subscription,
            id=there.id,
            expires_at=there.expires_at,
            fingerprint=self.feed.fingerprint,
            needs_refresh=reread,
            error=None,
        )
        due_at = self.clock.now() if reread else renewal_at(subscription.target, there.expires_at)
        async with self.store.writing() as work:
            await work.subscriptions.save(now, due_at=due_at, is_new=is_new)
        return reread

    async def _reread(self, subscription: Subscription, synced: Sequence[SyncedEnvironment]) -> bool:
        """Has the chats looked at that the subscription did not tell of for a while."""
        if subscription.target.chat:
            await self._look_at([subscription.target.chat])
        else:
            for each in synced:
                await self._look_at_all(each)
        expires_at = subscription.expires_at or self.clock.now()
        async with self.store.writing() as work:
            due_at = renewal_at(subscription.target, expires_at)
            await work.subscriptions.save(replace(subscription, needs_refresh=False, error=None), due_at=due_at)
        return False

    async def _look_at_all(self, synced: SyncedEnvironment) -> None:
        chats: Sequence[ChatId] = ()
        while True:
            after = chats[-1] if chats else None
            async with self.store.reading() as work:
                chats = await work.chat_sync.chats_in_environment(
                    synced.environment, after=after, at_most=_CHATS_AT_ONCE
                )
            if not chats:
                return
            await self._look_at(chats)

    async def _look_at(self, chats: Sequence[ChatId]) -> None:
        now = self.clock.now()
        async with self.store.writing() as work:
            await work.chat_sync.enqueue(chats, fetch=True, at=now, due_at=now)

    async def _put_off(self, step: SubscriptionStep, subscription: Subscription, error: ChatSyncError) -> None:
        why = _hindrance(error)
        retry_after_s = error.retry_after_s if isinstance(error, Unavailable) else None
        # One that could not be renewed, or ended, is still there.
        now = replace(subscription, error=why, id=None if step is SubscriptionStep.CREATE else subscription.id)
        async with self.store.writing() as work:
            await work.subscriptions.save(now, due_at=next_attempt_at(why, self.clock.now(), retry_after_s))


def _hindrance(error: ChatSyncError) -> SubscriptionError:
    kinds = {
        NotAllowed: SubscriptionError.NOT_ALLOWED,
        NotFound: SubscriptionError.NOT_FOUND,
        BadRequest: SubscriptionError.UNREACHABLE,
    }
    return kinds.get(type(error), SubscriptionError.NO_ANSWER)
