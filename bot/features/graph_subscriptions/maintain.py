"""Having Microsoft Graph tell of changes in synced chats (spec Y2).

Two subscriptions cover every chat that has the app, where the organisation has granted them; else each synced chat has
one, as far as there is room. What neither covers is found by looking at the chats from time to time.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.chat_sync import is_sync_on
from bot.domain.errors import BadRequest, ChatSyncError, Conflict, NotAllowed, NotFound, Unavailable
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
from bot.features.shared.services import Services
from bot.logs import get_logger
from bot.ports.graph import ChangeFeed, RemoteSubscription
from bot.store.unit_of_work import UnitOfWork

AT_ONCE = 50
"""Subscriptions of one round, and new ones that are wanted in it."""
_LEASE = timedelta(minutes=5)
"""Longer than a call takes, both handshakes and all attempts included."""
_CHATS_AT_ONCE = 500

_log = get_logger(__name__)


async def maintain_subscriptions(services: Services, feed: ChangeFeed, *, at_most: int = MAX_SUBSCRIPTIONS) -> bool:
    """Makes, renews and ends what is due; gives whether there may be more to do at once."""
    synced = await _synced(services)
    now = services.clock.now()
    async with services.store.writing() as work:
        more = await _plan(feed, work, synced, now, at_most)
        due = await work.subscriptions.claim(at=now, until=now + _LEASE, at_most=AT_ONCE)
    again = await asyncio.gather(*(_process(services, feed, each, synced) for each in due))
    return more or len(due) == AT_ONCE or any(again)


async def _synced(services: Services) -> Sequence[SyncedEnvironment]:
    """The environments whose chats are synced."""
    found = []
    for environment in services.links.environments:
        settings = await services.administration.settings(environment.id)
        days = settings.organization.sync_idle_days
        since = services.clock.now() - timedelta(days=days) if days else None
        if is_sync_on(settings):
            found.append(SyncedEnvironment(environment=environment.id, active_since=since))
    return found


async def _plan(
    feed: ChangeFeed, work: UnitOfWork, synced: Sequence[SyncedEnvironment], now: datetime, at_most: int
) -> bool:
    """Says what is wanted; gives whether more is than was said."""
    subscriptions = work.subscriptions
    if not synced:
        await subscriptions.cancel_all(at=now)
        return False
    await subscriptions.expire_outdated(feed.fingerprint, at=now)
    await subscriptions.request(ALL_CHATS_TARGETS, at=now)
    topics = (await subscriptions.get_many([TOPICS]))[TOPICS]
    one_by_one = topics.id is None and topics.error is not None and topics.error.permanent
    if topics.id or one_by_one:
        await subscriptions.cancel_chats(except_synced_in=synced if one_by_one else (), at=now)
    if not one_by_one:
        return False
    room = max(0, min(AT_ONCE, at_most - await subscriptions.count_for_chats()))
    chats = await subscriptions.chats_without(synced, tenant=feed.tenant, at_most=room)
    await subscriptions.request([chat_target(each) for each in chats], at=now)
    return len(chats) == AT_ONCE


async def _process(
    services: Services, feed: ChangeFeed, subscription: Subscription, synced: Sequence[SyncedEnvironment]
) -> bool:
    """Does what the subscription needs; gives whether it needs something more at once."""
    step = next_step(subscription, feed.fingerprint, services.clock.now())
    try:
        return await _run_step(services, feed, step, subscription, synced)
    except ChatSyncError as error:
        _log.warning(
            "subscription not seen to",
            scope=subscription.target.scope,
            step=step,
            reason=f"{type(error).__name__}: {error}",
            notes=getattr(error, "__notes__", []),
        )
        await _postpone(services, step, subscription, error)
        return False


async def _run_step(
    services: Services,
    feed: ChangeFeed,
    step: SubscriptionStep,
    subscription: Subscription,
    synced: Sequence[SyncedEnvironment],
) -> bool:
    if step is SubscriptionStep.DELETE:
        return await _end(services, feed, subscription)
    if step is SubscriptionStep.RENEW:
        return await _renew(services, feed, subscription, synced)
    if step is SubscriptionStep.REFRESH:
        return await _refresh(services, subscription, synced)
    if step is SubscriptionStep.RECREATE and subscription.id:
        await feed.unsubscribe(subscription.id)
        return await _process(services, feed, replace(subscription, id=None), synced)
    return await _create(services, feed, subscription)


async def _end(services: Services, feed: ChangeFeed, subscription: Subscription) -> bool:
    if subscription.id:
        await feed.unsubscribe(subscription.id)
    async with services.store.writing() as work:
        await work.subscriptions.delete(subscription.target, at=services.clock.now())
    return False


async def _renew(
    services: Services, feed: ChangeFeed, subscription: Subscription, synced: Sequence[SyncedEnvironment]
) -> bool:
    try:
        renewed = await feed.renew(subscription.id or "", subscription.target)
    except NotFound:
        return await _process(services, feed, replace(subscription, id=None), synced)
    return await _save(services, feed, subscription, renewed)


async def _create(services: Services, feed: ChangeFeed, subscription: Subscription) -> bool:
    made = await _subscribed(feed, subscription.target)
    return await _save(services, feed, subscription, made, is_new=True)


async def _subscribed(feed: ChangeFeed, watch: SubscriptionTarget) -> RemoteSubscription:
    try:
        return await feed.subscribe(watch)
    except Conflict:
        # Made by somebody who died before it was kept: nobody knows with which client state.
        for each in await feed.list_subscriptions():
            if each.target == watch:
                await feed.unsubscribe(each.id)
        return await feed.subscribe(watch)


async def _save(
    services: Services, feed: ChangeFeed, subscription: Subscription, there: RemoteSubscription, *, is_new: bool = False
) -> bool:
    # Where there was one before the new one, it is over: nobody knows what happened since.
    reread = is_new and subscription.expires_at is not None
    now = replace(
        subscription,
        id=there.id,
        expires_at=there.expires_at,
        fingerprint=feed.fingerprint,
        needs_refresh=reread,
        error=None,
    )
    due_at = services.clock.now() if reread else renewal_at(subscription.target, there.expires_at)
    async with services.store.writing() as work:
        await work.subscriptions.save(now, due_at=due_at, is_new=is_new)
    return reread


async def _refresh(services: Services, subscription: Subscription, synced: Sequence[SyncedEnvironment]) -> bool:
    """Has the chats looked at that the subscription did not tell of for a while."""
    if subscription.target.chat:
        await _look_at(services, [subscription.target.chat])
    else:
        for each in synced:
            await _enqueue_all(services, each)
    expires_at = subscription.expires_at or services.clock.now()
    async with services.store.writing() as work:
        due_at = renewal_at(subscription.target, expires_at)
        await work.subscriptions.save(replace(subscription, needs_refresh=False, error=None), due_at=due_at)
    return False


async def _enqueue_all(services: Services, synced: SyncedEnvironment) -> None:
    chats: Sequence[ChatId] = ()
    while True:
        after = chats[-1] if chats else None
        async with services.store.reading() as work:
            chats = await work.chat_sync.chats_in_environment(synced.environment, after=after, at_most=_CHATS_AT_ONCE)
        if not chats:
            return
        await _look_at(services, chats)


async def _look_at(services: Services, chats: Sequence[ChatId]) -> None:
    now = services.clock.now()
    async with services.store.writing() as work:
        await work.chat_sync.enqueue(chats, fetch=True, at=now, due_at=now)


async def _postpone(
    services: Services, step: SubscriptionStep, subscription: Subscription, error: ChatSyncError
) -> None:
    why = _error_of(error)
    retry_after_s = error.retry_after_s if isinstance(error, Unavailable) else None
    # One that could not be renewed, or ended, is still there.
    now = replace(subscription, error=why, id=None if step is SubscriptionStep.CREATE else subscription.id)
    async with services.store.writing() as work:
        await work.subscriptions.save(now, due_at=next_attempt_at(why, services.clock.now(), retry_after_s))


def _error_of(error: ChatSyncError) -> SubscriptionError:
    kinds = {
        NotAllowed: SubscriptionError.NOT_ALLOWED,
        NotFound: SubscriptionError.NOT_FOUND,
        BadRequest: SubscriptionError.UNREACHABLE,
    }
    return kinds.get(type(error), SubscriptionError.NO_ANSWER)
