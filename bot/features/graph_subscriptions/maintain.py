"""Create, renew, and delete the Microsoft Graph subscriptions to changes in synced chats (spec Y2).

Two subscriptions cover every chat that has the app, if the organization granted the permissions for them. Otherwise
each synced chat has its own subscription, up to the limit of the organization. Chats without a subscription are
fetched periodically.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
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
from bot.logs.tracebacks import describe_error
from bot.ports.graph import ChangeFeed, RemoteSubscription
from bot.store.unit_of_work import UnitOfWork

BATCH_SIZE = 50
"""Maximum number of subscriptions to process, and of new ones to request, in one call."""
_LEASE = timedelta(minutes=5)
"""Longer than a call to Graph takes with all its retries and with Graph's requests to the notification URLs."""
_CHATS_BATCH_SIZE = 500

_log = get_logger(__name__)


async def maintain_subscriptions(services: Services, feed: ChangeFeed, *, at_most: int = MAX_SUBSCRIPTIONS) -> bool:
    """Process the subscriptions that are due; return whether more may be due now.

    `at_most` limits the number of subscriptions of single chats.
    """
    environments = await _synced_environments(services)
    now = services.clock.now()
    until = now + _LEASE
    async with services.store.writing() as work:
        has_more = await _request_and_cancel(feed, work, environments, now, at_most)
        due = await work.subscriptions.claim(at=now, until=until, at_most=BATCH_SIZE)
    try:
        due_again = await asyncio.gather(*(_process(services, feed, each, environments) for each in due))
    except asyncio.CancelledError:
        # The process stops. Another one continues at once with the steps that did not end.
        with suppress(ChatSyncError):
            async with services.store.writing() as work:
                await work.subscriptions.end_leases([each.target for each in due], leased_until=until, at=now)
        raise
    return has_more or len(due) == BATCH_SIZE or any(due_again)


async def _synced_environments(services: Services) -> Sequence[SyncedEnvironment]:
    result = []
    for environment in services.links.environments:
        settings = await services.administration.settings(environment.id)
        days = settings.organization.sync_idle_days
        since = services.clock.now() - timedelta(days=days) if days else None
        if is_sync_on(settings):
            result.append(SyncedEnvironment(environment=environment.id, active_since=since))
    return result


async def _request_and_cancel(
    feed: ChangeFeed, work: UnitOfWork, environments: Sequence[SyncedEnvironment], now: datetime, at_most: int
) -> bool:
    """Request the subscriptions that are needed and cancel the others; return whether more must be requested."""
    subscriptions = work.subscriptions
    if not environments:
        await subscriptions.cancel_all(at=now)
        return False
    await subscriptions.expire_outdated(feed.fingerprint, at=now)
    await subscriptions.request(ALL_CHATS_TARGETS, at=now)
    topics = (await subscriptions.get_many([TOPICS]))[TOPICS]
    chat_by_chat = topics.id is None and topics.error is not None and topics.error.permanent
    if topics.id or chat_by_chat:
        await subscriptions.cancel_chats(except_synced_in=environments if chat_by_chat else (), at=now)
    if not chat_by_chat:
        return False
    remaining = min(BATCH_SIZE, at_most - await subscriptions.count_for_chats())
    if remaining <= 0:
        return False
    chats = await subscriptions.chats_without(environments, tenant=feed.tenant, at_most=remaining)
    await subscriptions.request([chat_target(each) for each in chats], at=now)
    return len(chats) == BATCH_SIZE


async def _process(
    services: Services, feed: ChangeFeed, subscription: Subscription, environments: Sequence[SyncedEnvironment]
) -> bool:
    """Run the next step of the subscription; return whether another step is due now."""
    step = next_step(subscription, feed.fingerprint, services.clock.now())
    try:
        return await _run_step(services, feed, step, subscription, environments)
    except ChatSyncError as error:
        _log.warning(
            "subscription.step_failed",
            scope=subscription.target.scope,
            step=step,
            reason=describe_error(error),
            notes=getattr(error, "__notes__", []),
        )
        await _postpone(services, step, subscription, error)
        return False


async def _run_step(
    services: Services,
    feed: ChangeFeed,
    step: SubscriptionStep,
    subscription: Subscription,
    environments: Sequence[SyncedEnvironment],
) -> bool:
    if step is SubscriptionStep.DELETE:
        return await _delete(services, feed, subscription)
    if step is SubscriptionStep.RENEW:
        return await _renew(services, feed, subscription, environments)
    if step is SubscriptionStep.REFRESH:
        return await _refresh(services, subscription, environments)
    if step is SubscriptionStep.RECREATE and subscription.id:
        await feed.unsubscribe(subscription.id)
        return await _process(services, feed, replace(subscription, id=None), environments)
    return await _create(services, feed, subscription)


async def _delete(services: Services, feed: ChangeFeed, subscription: Subscription) -> bool:
    if subscription.id:
        await feed.unsubscribe(subscription.id)
    async with services.store.writing() as work:
        await work.subscriptions.delete(subscription.target, at=services.clock.now())
    return False


async def _renew(
    services: Services, feed: ChangeFeed, subscription: Subscription, environments: Sequence[SyncedEnvironment]
) -> bool:
    try:
        renewed = await feed.renew(subscription.id or "", subscription.target)
    except NotFound:
        return await _process(services, feed, replace(subscription, id=None), environments)
    return await _save(services, feed, subscription, renewed)


async def _create(services: Services, feed: ChangeFeed, subscription: Subscription) -> bool:
    created = await _subscribe(feed, subscription.target)
    return await _save(services, feed, subscription, created, is_new=True)


async def _subscribe(feed: ChangeFeed, target: SubscriptionTarget) -> RemoteSubscription:
    try:
        return await feed.subscribe(target)
    except Conflict:
        # A process created it and stopped before it was stored. Its client state is not known, so replace it.
        for each in await feed.list_subscriptions():
            if each.target == target:
                await feed.unsubscribe(each.id)
        return await feed.subscribe(target)


async def _save(
    services: Services,
    feed: ChangeFeed,
    subscription: Subscription,
    remote: RemoteSubscription,
    *,
    is_new: bool = False,
) -> bool:
    """Store the created or renewed subscription; return whether its chats must be fetched now."""
    # Notifications may be missing between the end of an earlier subscription and the start of a new one.
    needs_refresh = is_new and subscription.expires_at is not None
    saved = replace(
        subscription,
        id=remote.id,
        expires_at=remote.expires_at,
        fingerprint=feed.fingerprint,
        needs_refresh=needs_refresh,
        error=None,
    )
    due_at = services.clock.now() if needs_refresh else renewal_at(subscription.target, remote.expires_at)
    async with services.store.writing() as work:
        await work.subscriptions.save(saved, due_at=due_at, is_new=is_new)
    return needs_refresh


async def _refresh(services: Services, subscription: Subscription, environments: Sequence[SyncedEnvironment]) -> bool:
    """Enqueue the chats of the subscription, because notifications about them may be missing."""
    if subscription.target.chat:
        await _enqueue(services, [subscription.target.chat])
    else:
        for each in environments:
            await _enqueue_all(services, each)
    expires_at = subscription.expires_at or services.clock.now()
    async with services.store.writing() as work:
        due_at = renewal_at(subscription.target, expires_at)
        await work.subscriptions.save(replace(subscription, needs_refresh=False, error=None), due_at=due_at)
    return False


async def _enqueue_all(services: Services, synced: SyncedEnvironment) -> None:
    after: ChatId | None = None
    while True:
        async with services.store.reading() as work:
            chats = await work.chat_sync.chats_in_environment(
                synced.environment, after=after, at_most=_CHATS_BATCH_SIZE
            )
        if not chats:
            return
        await _enqueue(services, chats)
        after = chats[-1]


async def _enqueue(services: Services, chats: Sequence[ChatId]) -> None:
    now = services.clock.now()
    async with services.store.writing() as work:
        await work.chat_sync.enqueue(chats, fetch=True, at=now, due_at=now)


async def _postpone(
    services: Services, step: SubscriptionStep, subscription: Subscription, error: ChatSyncError
) -> None:
    """Store the error and the time of the next attempt."""
    reason = _subscription_error(error)
    retry_after_s = error.retry_after_s if isinstance(error, Unavailable) else None
    # A subscription that could not be renewed or deleted still exists.
    failed = replace(subscription, error=reason, id=None if step is SubscriptionStep.CREATE else subscription.id)
    async with services.store.writing() as work:
        await work.subscriptions.save(failed, due_at=next_attempt_at(reason, services.clock.now(), retry_after_s))


def _subscription_error(error: ChatSyncError) -> SubscriptionError:
    errors = {
        NotAllowed: SubscriptionError.NOT_ALLOWED,
        NotFound: SubscriptionError.NOT_FOUND,
        BadRequest: SubscriptionError.UNREACHABLE,
    }
    return errors.get(type(error), SubscriptionError.NO_ANSWER)
