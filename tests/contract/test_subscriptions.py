"""Contract of the store for leased subscriptions, on SQLite and PostgreSQL."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.subscriptions import (
    TOPICS,
    LifecycleEvent,
    Subscription,
    SubscriptionError,
    SubscriptionStep,
    next_step,
)
from bot.store.unit_of_work import Store, UnitOfWork
from tests.fakes.clock import START

OURS = "us"
NEXT_WEEK = START + timedelta(days=7)
MEANWHILE = START + timedelta(seconds=2)
AFTER = START + timedelta(seconds=9)
LEASE = timedelta(minutes=5)


async def claim(work: UnitOfWork, at: datetime) -> Subscription:
    (claimed,) = await work.subscriptions.claim(at=at, until=at + LEASE, at_most=9)
    return claimed


async def leased(store: Store, **changes: object) -> Subscription:
    """Store a subscription that exists in Graph and that a worker has just leased."""
    async with store.writing() as work:
        await work.subscriptions.request([TOPICS], at=START)
        there = replace(await claim(work, START), id="1", expires_at=NEXT_WEEK, fingerprint=OURS, **changes)  # type: ignore[arg-type]
        await work.subscriptions.save(there, due_at=START, is_new=True)
        return await claim(work, START)


async def hears(store: Store, event: LifecycleEvent) -> None:
    async with store.writing() as work:
        await work.subscriptions.record_lifecycle({"1": event}, at=MEANWHILE)


async def puts(store: Store, subscription: Subscription, *, is_new: bool = False) -> None:
    async with store.writing() as work:
        await work.subscriptions.save(subscription, due_at=NEXT_WEEK, is_new=is_new)


async def is_next(store: Store) -> tuple[SubscriptionStep, Subscription] | None:
    """Return the next subscription to process; None if none is due."""
    async with store.writing() as work:
        due = await work.subscriptions.claim(at=AFTER, until=AFTER + LEASE, at_most=9)
    return (next_step(due[0], OURS, AFTER), due[0]) if due else None


async def test_what_nothing_was_heard_of_is_seen_to_when_it_is_time(store: Store) -> None:
    await puts(store, await leased(store, needs_refresh=True))
    assert await is_next(store) is None


@pytest.mark.parametrize(
    ("event", "step"),
    [
        (LifecycleEvent.REMOVED, SubscriptionStep.CREATE),
        (LifecycleEvent.MISSED, SubscriptionStep.REFRESH),
        (LifecycleEvent.REAUTHORIZE, SubscriptionStep.RENEW),
    ],
)
async def test_what_is_heard_while_it_is_renewed_is_seen_to_next(
    store: Store, event: LifecycleEvent, step: SubscriptionStep
) -> None:
    renewing = await leased(store)
    await hears(store, event)
    await puts(store, renewing)
    found = await is_next(store)
    assert found
    assert found[0] is step
    assert found[1].needs_refresh is (event is not LifecycleEvent.REAUTHORIZE)


async def test_what_is_missed_while_the_chats_are_looked_at_has_them_looked_at_again(store: Store) -> None:
    looking = await leased(store, needs_refresh=True)
    await hears(store, LifecycleEvent.MISSED)
    await puts(store, replace(looking, needs_refresh=False))
    found = await is_next(store)
    assert found
    assert found[0] is SubscriptionStep.REFRESH


async def test_a_replaced_subscription_stays_if_its_predecessor_is_reported_as_removed(store: Store) -> None:
    replacing = await leased(store)
    await hears(store, LifecycleEvent.REMOVED)
    await puts(store, replace(replacing, id="2"), is_new=True)
    found = await is_next(store)
    assert found
    assert (found[0], found[1].id) == (SubscriptionStep.REFRESH, "2")


async def test_one_that_nobody_wants_any_more_meanwhile_is_ended_next(store: Store) -> None:
    renewing = await leased(store)
    async with store.writing() as work:
        await work.subscriptions.cancel_all(at=MEANWHILE)
    assert await is_next(store) is None, "somebody sees to it"
    await puts(store, renewing)
    found = await is_next(store)
    assert found
    assert found[0] is SubscriptionStep.DELETE


async def test_a_subscription_that_is_being_replaced_is_not_marked_as_outdated(store: Store) -> None:
    replacing = await leased(store)
    async with store.writing() as work:
        await work.subscriptions.expire_outdated("others", at=MEANWHILE)
    await puts(store, replace(replacing, id="2", fingerprint="others"), is_new=True)
    assert await is_next(store) is None


async def test_who_dies_while_seeing_to_it_leaves_it_to_others(store: Store) -> None:
    await leased(store)
    async with store.writing() as work:
        assert (await claim(work, START + LEASE)).id == "1"


async def first_expiry(store: Store) -> datetime | None:
    async with store.reading() as work:
        return await work.subscriptions.first_expiry()


async def test_the_first_expiry_is_that_of_a_subscription_that_is_or_was_in_graph(store: Store) -> None:
    assert await first_expiry(store) is None
    async with store.writing() as work:
        await work.subscriptions.request([TOPICS], at=START)
    assert await first_expiry(store) is None
    async with store.writing() as work:
        there = replace(await claim(work, START), id="1", expires_at=NEXT_WEEK, fingerprint=OURS)
    await puts(store, there, is_new=True)
    assert await first_expiry(store) == NEXT_WEEK
    await hears(store, LifecycleEvent.REMOVED)
    assert await first_expiry(store) == NEXT_WEEK


@pytest.mark.parametrize("error", SubscriptionError)
async def test_a_subscription_that_graph_refuses_for_good_does_not_expire(
    store: Store, error: SubscriptionError
) -> None:
    await puts(store, replace(await leased(store), id=None, error=error), is_new=True)
    assert await first_expiry(store) == (None if error.permanent else NEXT_WEEK)


async def test_a_subscription_that_nobody_wants_does_not_expire(store: Store) -> None:
    await puts(store, await leased(store), is_new=True)
    async with store.writing() as work:
        await work.subscriptions.cancel_all(at=START)
    assert await first_expiry(store) is None
