"""Subscriptions to changes in synced chats: created, renewed, and deleted in Microsoft Graph."""

import asyncio
from argparse import Namespace
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import update

from bot.domain.subscriptions import SubscriptionError
from bot.store.tables import environment, subscription
from bot.wiring.command_line import run_command
from bot.wiring.services import close
from tests.patience import PATIENCE_S
from tests.steps.changes import (
    CHANGES,
    connect_synced_chat,
    lose_subscription,
    subscribed_resources,
    subscriptions_in_graph,
    subscriptions_settled,
    until,
    until_enqueued,
    until_no_event_is_late,
    until_subscriptions_settled,
)
from tests.steps.graph_subscriptions import (
    BOTH,
    EVERY_CHAT,
    INSTALLED,
    another_process,
    count_calls,
    maintain,
    subscribe_per_chat,
)
from tests.steps.private_views import private_view
from tests.wire.world import GROUP, OTHER_GROUP, World, texts

pytestmark = pytest.mark.one_database

DAY_S = 24 * 3600


async def set_sync(world: World, *, on: bool) -> None:
    """Turn sync on or off as an administrator does."""
    async with world.engines.writing.begin() as begun:
        await begun.execute(update(environment).values(sync_on=on))
    await world.restart()


async def test_two_subscriptions_cover_all_chats_while_sync_is_on(world: World) -> None:
    await until_subscriptions_settled(world)
    assert subscribed_resources(world) == BOTH
    assert {row.text("notificationUrl") for row in subscriptions_in_graph(world)} == {world.url + CHANGES}
    await connect_synced_chat(world)
    await until_subscriptions_settled(world)
    assert subscribed_resources(world) == BOTH
    await set_sync(world, on=False)
    await until(world, lambda: not subscriptions_in_graph(world))
    await until(world, lambda: gone(world))
    await set_sync(world, on=True)
    await until_subscriptions_settled(world)
    assert subscribed_resources(world) == BOTH


async def gone(world: World) -> bool:
    return not await world.rows_in(subscription)


async def test_a_change_in_a_chat_is_reported(world: World) -> None:
    await connect_synced_chat(world)
    await until_subscriptions_settled(world)
    (chat,) = [row for row in world.teams.chats() if row.id == GROUP]
    await world.teams.rename(chat, "Pump")
    await until_enqueued(world, GROUP)


async def test_without_permission_for_all_chats_each_synced_chat_has_its_own_until_disconnected(
    world: World,
) -> None:
    await subscribe_per_chat(world, GROUP)
    assert subscribed_resources(world) == {f"/chats/{GROUP}"}
    await world.say("disconnect CAS-01001")
    await until(world, lambda: not subscriptions_in_graph(world))
    world.connector.posts.clear()


async def test_once_all_chats_are_granted_the_subscriptions_of_single_chats_are_deleted(world: World) -> None:
    await subscribe_per_chat(world, GROUP)
    world.teams.withheld.clear()
    world.clock.advance(6 * 3600)
    await until(world, lambda: subscribed_resources(world) == BOTH)
    await until_subscriptions_settled(world)
    assert {row["watch"] for row in await world.rows_in(subscription)} == {"topics", "members"}
    await until_no_event_is_late(world)


async def test_a_chat_without_activity_for_a_week_has_no_subscription(world: World) -> None:
    await subscribe_per_chat(world, GROUP)
    world.clock.advance(7 * DAY_S + 1)
    await until(world, lambda: not subscriptions_in_graph(world))
    await until_no_event_is_late(world)


@pytest.mark.scale
@pytest.mark.parametrize("spread", [False, True], ids=["all chats", "single chats"])
async def test_for_thirty_days_there_is_no_gap(world: World, spread: bool) -> None:
    if spread:
        await subscribe_per_chat(world, GROUP, OTHER_GROUP)
        async with world.engines.writing.begin() as begun:
            await begun.execute(update(environment).values(sync_idle_days=0))
        await world.restart()
    await until_subscriptions_settled(world)
    made, before = {row.id for row in subscriptions_in_graph(world)}, len(world.dataverse_was_asked)
    step_h = 24 if spread else 12
    for _ in range(720 // step_h):
        world.clock.advance(step_h * 3600)
        assert {row.id for row in subscriptions_in_graph(world)} == made
        await until_subscriptions_settled(world)
    patches = count_calls(world, before)
    # One renewal covers 36 to 48 of the 720 hours. The other calls are one list request a day and, without the
    # permission, four attempts a day at each of the two subscriptions to all chats.
    renewals = 2 * (720 // 36 + 1)
    assert patches <= renewals + 31 + (2 * 4 * 31 if spread else 0)
    if spread:
        await until_no_event_is_late(world)


@pytest.mark.parametrize("ahead_s", [2, 14 * 60], ids=["two seconds", "fourteen minutes"])
async def test_subscriptions_are_created_and_renewed_if_our_clock_is_ahead(bare_world: World, ahead_s: int) -> None:
    world = bare_world
    world.teams.now = lambda: world.clock.now() - timedelta(seconds=ahead_s)
    await world.start()
    await until_subscriptions_settled(world)
    made = {row.id: row.text("expirationDateTime") for row in subscriptions_in_graph(world)}
    assert subscribed_resources(world) == BOTH
    world.clock.advance(2 * DAY_S)
    await until_subscriptions_settled(world)
    assert made.keys() == {row.id for row in subscriptions_in_graph(world)}
    assert not made.items() & {(row.id, row.text("expirationDateTime")) for row in subscriptions_in_graph(world)}
    await world.stop()


async def test_lost_subscriptions_are_recreated_at_the_next_reconciliation_and_the_chats_are_fetched(
    world: World,
) -> None:
    await connect_synced_chat(world)
    await until_subscriptions_settled(world)
    for row in subscriptions_in_graph(world):
        await lose_subscription(world, row)
    await world.restart()
    await until(world, lambda: subscribed_resources(world) == BOTH)
    await until_enqueued(world, GROUP)
    await until_subscriptions_settled(world)


async def test_a_subscription_that_is_missing_at_its_renewal_is_recreated_at_once(world: World) -> None:
    await subscribe_per_chat(world, GROUP)
    (row,) = subscriptions_in_graph(world)
    await lose_subscription(world, row)
    async with world.engines.writing.begin() as begun:
        soon = {"due_at": world.clock.now()}
        await begun.execute(update(subscription).where(subscription.c.chat_id == GROUP).values(soon))
    await until(world, lambda: subscribed_resources(world) == {f"/chats/{GROUP}"})
    await until_enqueued(world, GROUP)


async def test_a_subscription_left_behind_by_a_crash_is_replaced(bare_world: World) -> None:
    world = bare_world
    body = {
        "changeType": "updated",
        "resource": EVERY_CHAT,
        "notificationUrl": world.url + CHANGES,
        "lifecycleNotificationUrl": world.url + CHANGES,
        "expirationDateTime": (world.clock.now() + timedelta(days=3)).isoformat(),
        "clientState": "of an earlier start",
    }
    await world.start()
    async with world.session.post(f"{world.sandbox}/graph/v1.0/subscriptions", json=body) as answer:
        left = (await answer.json())["id"]
    await until_subscriptions_settled(world)
    assert left not in {row.id for row in subscriptions_in_graph(world)}
    assert subscribed_resources(world) == BOTH
    await world.stop()


async def test_a_subscription_that_is_not_stored_is_replaced(world: World) -> None:
    await until_subscriptions_settled(world)
    old = {row.id for row in subscriptions_in_graph(world)}
    async with world.engines.writing.begin() as begun:
        await begun.execute(subscription.delete())
    await until(
        world,
        lambda: len(subscriptions_in_graph(world)) == 2 and not old & {row.id for row in subscriptions_in_graph(world)},
    )
    await until_subscriptions_settled(world)


async def test_after_a_start_with_another_client_state_the_subscriptions_are_recreated(world: World) -> None:
    await until_subscriptions_settled(world)
    old = {row.id for row in subscriptions_in_graph(world)}
    changed = {"graph_client_state": SecretStr("another state")}
    world.settings = world.settings.model_copy(update=changed)
    await world.restart()
    await until(
        world,
        lambda: len(subscriptions_in_graph(world)) == 2 and not old & {row.id for row in subscriptions_in_graph(world)},
    )
    await until_subscriptions_settled(world)


async def test_a_throttled_call_is_retried_after_the_requested_delay(world: World) -> None:
    await world.fault("graph", "429; retry-after=500; path=subscriptions; method=POST")
    world.clock.advance(5)
    async with asyncio.timeout(PATIENCE_S):
        # The clock does not advance here, so the requested delay starts now.
        while not await subscriptions_settled(world):
            await asyncio.sleep(0.01)
    kept = {row["watch"]: row for row in await world.rows_in(subscription)}
    held_up = [row for row in kept.values() if row["hindrance"] == SubscriptionError.NO_ANSWER]
    assert len(held_up) == 1
    assert held_up[0]["due_at"] - world.clock.now() > timedelta(minutes=6)
    world.clock.advance(500)
    await until(world, lambda: subscribed_resources(world) == BOTH)
    await until_subscriptions_settled(world)


async def test_an_unreachable_address_does_not_lead_to_subscriptions_of_single_chats(bare_world: World) -> None:
    world = bare_world
    world.settings = world.settings.model_copy(update={"public_url": "http://127.0.0.1:1"})
    await world.start()
    await until_subscriptions_settled(world)
    rows = await world.rows_in(subscription)
    assert {(row["watch"], row["hindrance"]) for row in rows} == {
        ("topics", SubscriptionError.UNREACHABLE),
        ("members", SubscriptionError.UNREACHABLE),
    }
    await world.stop()


async def test_a_missing_permission_is_shown_by_status_and_doctor(world: World) -> None:
    world.teams.withheld |= {*INSTALLED, "ChatSettings.Read.Chat"}
    await connect_synced_chat(world)
    assert "late" not in texts(await private_view(world, "status"))[-1]

    async def refused() -> bool:
        rows = await world.rows_in(subscription, subscription.c.hindrance == SubscriptionError.NOT_ALLOWED)
        return len(rows) == 3

    await until(world, refused)
    await world.settle()
    assert texts(await private_view(world, "status"))[-1] == (
        "Changes to the name of this chat reach the timeline late. "
        "Microsoft 365 does not let Chat Sync subscribe to changes in chats. "
        "Ask a Privileged Role Administrator or Global Administrator to grant Chat Sync the permission "
        "Chat.ReadBasic.WhereInstalled."
    )
    lines: list[str] = []
    await run_command(world.settings, Namespace(command="doctor"), lines.append)
    (said,) = [line for line in lines if "notifications from Microsoft 365" in line]
    assert said.startswith("note")
    assert "Chat.ReadBasic.WhereInstalled" in said


async def test_no_subscriptions_are_requested_beyond_the_limit_of_the_organization(world: World) -> None:
    await subscribe_per_chat(world, GROUP, OTHER_GROUP)
    base = await another_process(world)
    async with world.engines.writing.begin() as begun:
        await begun.execute(subscription.delete().where(subscription.c.chat_id == OTHER_GROUP))
    before = count_calls(world)
    await maintain(base, at_most=1)
    assert count_calls(world) == before
    await close(base)


async def test_two_processes_create_one_subscription_of_each_kind(world: World) -> None:
    await until_subscriptions_settled(world)
    bases = [await another_process(world) for _ in range(2)]
    before = count_calls(world)
    for row in subscriptions_in_graph(world):
        await lose_subscription(world, row)
    async with world.engines.writing.begin() as begun:
        await begun.execute(subscription.delete())
    await asyncio.gather(*(maintain(base) for base in bases))
    assert subscribed_resources(world) == BOTH
    assert count_calls(world) - before == 2
    for base in bases:
        await close(base)
