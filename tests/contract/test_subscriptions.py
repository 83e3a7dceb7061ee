"""What the store promises of subscriptions that somebody sees to, on SQLite and on PostgreSQL alike."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.subscriptions import TOPICS, Lifecycle, Step, Subscription, next_step
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
    """A subscription that Graph has, and that somebody has just begun to see to."""
    async with store.writing() as work:
        await work.subscriptions.want([TOPICS], at=START)
        there = replace(await claim(work, START), id="1", expires_at=NEXT_WEEK, made_for=OURS, **changes)  # type: ignore[arg-type]
        await work.subscriptions.put(there, due_at=START, is_new=True)
        return await claim(work, START)


async def hears(store: Store, event: Lifecycle) -> None:
    async with store.writing() as work:
        await work.subscriptions.heard({"1": event}, at=MEANWHILE)


async def puts(store: Store, subscription: Subscription, *, is_new: bool = False) -> None:
    async with store.writing() as work:
        await work.subscriptions.put(subscription, due_at=NEXT_WEEK, is_new=is_new)


async def is_next(store: Store) -> tuple[Step, Subscription] | None:
    """What is to be done at once; None where nothing is due."""
    async with store.writing() as work:
        due = await work.subscriptions.claim(at=AFTER, until=AFTER + LEASE, at_most=9)
    return (next_step(due[0], OURS, AFTER), due[0]) if due else None


async def test_what_nothing_was_heard_of_is_seen_to_when_it_is_time(store: Store) -> None:
    await puts(store, await leased(store, reread=True))
    assert await is_next(store) is None


@pytest.mark.parametrize(
    ("event", "step"),
    [
        (Lifecycle.REMOVED, Step.MAKE),
        (Lifecycle.MISSED, Step.REREAD),
        (Lifecycle.REAUTHORIZE, Step.RENEW),
    ],
)
async def test_what_is_heard_while_it_is_renewed_is_seen_to_next(store: Store, event: Lifecycle, step: Step) -> None:
    renewing = await leased(store)
    await hears(store, event)
    await puts(store, renewing)
    found = await is_next(store)
    assert found
    assert found[0] is step
    assert found[1].reread is (event is not Lifecycle.REAUTHORIZE)


async def test_what_is_missed_while_the_chats_are_looked_at_has_them_looked_at_again(store: Store) -> None:
    looking = await leased(store, reread=True)
    await hears(store, Lifecycle.MISSED)
    await puts(store, replace(looking, reread=False))
    found = await is_next(store)
    assert found
    assert found[0] is Step.REREAD


async def test_one_that_is_made_anew_is_there_though_its_forerunner_is_said_to_be_gone(store: Store) -> None:
    replacing = await leased(store)
    await hears(store, Lifecycle.REMOVED)
    await puts(store, replace(replacing, id="2"), is_new=True)
    found = await is_next(store)
    assert found
    assert (found[0], found[1].id) == (Step.REREAD, "2")


async def test_one_that_nobody_wants_any_more_meanwhile_is_ended_next(store: Store) -> None:
    renewing = await leased(store)
    async with store.writing() as work:
        await work.subscriptions.drop_all(at=MEANWHILE)
    assert await is_next(store) is None, "somebody sees to it"
    await puts(store, renewing)
    found = await is_next(store)
    assert found
    assert found[0] is Step.END


async def test_one_that_is_made_anew_just_now_is_not_outdated_by_what_it_was_made_with(store: Store) -> None:
    replacing = await leased(store)
    async with store.writing() as work:
        await work.subscriptions.outdate("others", at=MEANWHILE)
    await puts(store, replace(replacing, id="2", made_for="others"), is_new=True)
    assert await is_next(store) is None


async def test_who_dies_while_seeing_to_it_leaves_it_to_others(store: Store) -> None:
    await leased(store)
    async with store.writing() as work:
        assert (await claim(work, START + LEASE)).id == "1"
