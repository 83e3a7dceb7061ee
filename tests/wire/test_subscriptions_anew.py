"""Replaced subscriptions: the old one ends first, and the problem is stored if the new one is rejected."""

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import update

from bot.domain.subscriptions import SubscriptionError
from bot.store.tables import subscription
from bot.wiring.services import close
from tests.steps.changes import CHANGES, lose, resources, seen_to, synced, there, until, until_asked_for
from tests.steps.graph_subscriptions import BOTH, another_process, calls, maintain, one_by_one
from tests.wire.world import GROUP, World, texts

pytestmark = pytest.mark.one_database

WAIT_S = 3000
"""The delay that Graph requests."""


async def restart_with_another_client_state(world: World) -> None:
    """Restart with another client state, so that all subscriptions must be replaced."""
    world.settings = world.settings.model_copy(update={"graph_client_state": SecretStr("another state")})
    await world.restart()


async def hindered(world: World, why: SubscriptionError, watch: str | None = None) -> Mapping[str, Any]:
    """Let time pass until one subscription is postponed for this reason, and no other is due."""
    mine = (subscription.c.hindrance == why) & (subscription.c.watch == watch if watch else True)

    async def one_is() -> bool:
        return bool(await world.rows_in(subscription, mine))

    await until(world, one_is)
    await seen_to(world)
    (row,) = await world.rows_in(subscription, mine)
    return row


async def graph_is_asked_when_it_is_time(world: World) -> None:
    """Let minutes pass without a request to Graph, until requests are due again and everything is restored."""
    before, base = calls(world), await another_process(world)
    for _ in range(3):
        world.clock.advance(60)
        await maintain(base)
    assert calls(world) == before
    await close(base)
    world.clock.advance(WAIT_S)
    await until(world, lambda: calls(world) > before)
    await seen_to(world)


async def test_after_a_start_at_another_address_subscriptions_are_replaced(world: World) -> None:
    await synced(world)
    await seen_to(world)
    old, moved = {row.id for row in there(world)}, world.url.replace("127.0.0.1", "localhost")
    assert moved != world.url
    world.settings = world.settings.model_copy(update={"public_url": moved})
    await world.restart()
    await until(world, lambda: len(there(world)) == 2 and not old & {row.id for row in there(world)})
    assert resources(world) == BOTH
    assert {row.text("notificationUrl") for row in there(world)} == {moved + CHANGES}
    await until_asked_for(world, GROUP)
    await seen_to(world)


async def test_a_subscription_that_is_throttled_while_it_is_replaced_is_gone_and_waits(world: World) -> None:
    await seen_to(world)
    await world.fault("graph", f"429; retry-after={WAIT_S}; path=subscriptions; method=POST")
    await restart_with_another_client_state(world)
    assert (await hindered(world, SubscriptionError.NO_ANSWER))["subscription_id"] is None
    assert len(there(world)) == 1
    await graph_is_asked_when_it_is_time(world)
    assert resources(world) == BOTH


async def test_a_subscription_that_cannot_be_ended_before_its_replacement_stays_and_waits(world: World) -> None:
    await seen_to(world)
    old = {row.id for row in there(world)}
    await world.fault("graph", f"429; retry-after={WAIT_S}; path=subscriptions; method=DELETE")
    await restart_with_another_client_state(world)
    assert (await hindered(world, SubscriptionError.NO_ANSWER))["subscription_id"] in old
    await graph_is_asked_when_it_is_time(world)
    assert resources(world) == BOTH
    assert not old & {row.id for row in there(world)}


async def test_a_lost_subscription_that_is_throttled_while_it_is_replaced_is_gone_and_waits(world: World) -> None:
    await one_by_one(world, GROUP)
    (row,) = there(world)
    await lose(world, row)
    await world.fault("graph", f"429; retry-after={WAIT_S}; path=subscriptions; method=POST")
    async with world.engines.writing.begin() as begun:
        soon = {"due_at": world.clock.now()}
        await begun.execute(update(subscription).where(subscription.c.chat_id == GROUP).values(soon))
    assert (await hindered(world, SubscriptionError.NO_ANSWER))["subscription_id"] is None
    await graph_is_asked_when_it_is_time(world)
    await until_asked_for(world, GROUP)


async def test_a_subscription_that_is_rejected_while_it_is_replaced_is_shown_in_the_chat(world: World) -> None:
    await one_by_one(world, GROUP)
    world.teams.withheld.add("ChatSettings.Read.Chat")
    await restart_with_another_client_state(world)
    await hindered(world, SubscriptionError.NOT_ALLOWED, f"chat {GROUP}")
    await world.say("status")
    await world.settle()
    assert "Microsoft 365 does not let Chat Sync subscribe to changes in chats." in texts(world.card())[-1]
