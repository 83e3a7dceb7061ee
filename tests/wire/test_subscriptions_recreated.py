"""Subscriptions that are recreated: the old one is deleted first, and a rejection of the new one is stored."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import update

from bot.domain.subscriptions import SubscriptionError
from bot.store.tables import subscription
from bot.wiring.services import close
from tests.steps.changes import (
    CHANGES,
    connect_synced_chat,
    lose_subscription,
    subscribed_resources,
    subscriptions_in_graph,
    until,
    until_enqueued,
    until_subscriptions_settled,
)
from tests.steps.graph_subscriptions import BOTH, another_process, count_calls, maintain, subscribe_per_chat
from tests.steps.private_views import private_view
from tests.wire.world import GROUP, World, texts

pytestmark = pytest.mark.one_database

WAIT_S = 3000
"""Delay that Graph requests, in seconds."""


async def restart_with_another_client_state(world: World) -> None:
    """Restart with another client state, so that the subscriptions must be recreated."""
    world.settings = world.settings.model_copy(update={"graph_client_state": SecretStr("another state")})
    await world.restart()


async def hindered(world: World, why: SubscriptionError, watch: str | None = None) -> Mapping[str, Any]:
    """Advance the clock until one subscription is postponed with this error and nothing else is due."""
    mine = (subscription.c.hindrance == why) & (subscription.c.watch == watch if watch else True)

    async def one_is() -> bool:
        return bool(await world.rows_in(subscription, mine))

    # Small steps, so that the delay that Graph requests does not end while a slow machine works.
    await until(world, one_is, step_s=1)
    await until_subscriptions_settled(world, step_s=1)
    (row,) = await world.rows_in(subscription, mine)
    return row


async def graph_gets_a_request_after_the_delay(world: World) -> None:
    """Check that Graph gets no request before the requested delay ends, and that it gets one afterwards."""
    before, base = count_calls(world), await another_process(world)
    for _ in range(3):
        world.clock.advance(60)
        await maintain(base)
    assert count_calls(world) == before
    await close(base)
    world.clock.advance(WAIT_S)
    await until(world, lambda: count_calls(world) > before)
    await until_subscriptions_settled(world)


async def test_after_a_start_at_another_address_the_subscriptions_are_recreated_for_it(world: World) -> None:
    await connect_synced_chat(world)
    await until_subscriptions_settled(world)
    old, moved = {row.id for row in subscriptions_in_graph(world)}, world.url.replace("127.0.0.1", "localhost")
    assert moved != world.url
    world.settings = world.settings.model_copy(update={"public_url": moved})
    await world.restart()
    await until(
        world,
        lambda: len(subscriptions_in_graph(world)) == 2 and not old & {row.id for row in subscriptions_in_graph(world)},
    )
    assert subscribed_resources(world) == BOTH
    assert {row.text("notificationUrl") for row in subscriptions_in_graph(world)} == {moved + CHANGES}
    await until_enqueued(world, GROUP)
    await until_subscriptions_settled(world)


async def test_a_subscription_throttled_between_deletion_and_creation_is_retried_later(world: World) -> None:
    await until_subscriptions_settled(world)
    await world.fault("graph", f"429; retry-after={WAIT_S}; path=subscriptions; method=POST")
    await restart_with_another_client_state(world)
    assert (await hindered(world, SubscriptionError.NO_ANSWER))["subscription_id"] is None
    assert len(subscriptions_in_graph(world)) == 1
    await graph_gets_a_request_after_the_delay(world)
    assert subscribed_resources(world) == BOTH


async def test_a_step_that_a_stop_interrupts_is_continued_after_the_start(world: World) -> None:
    await until_subscriptions_settled(world)
    await world.fault("graph", "hang; path=subscriptions; method=POST")
    await restart_with_another_client_state(world)
    await until(world, lambda: world.has_used_faults("graph"), step_s=1)
    assert subscribed_resources(world) != BOTH
    before = world.clock.now()
    await world.restart()
    await until(world, lambda: subscribed_resources(world) == BOTH, step_s=1)
    # The lease of the interrupted step would last for five minutes.
    assert world.clock.now() - before < timedelta(minutes=2)
    await until_subscriptions_settled(world)


async def test_a_subscription_that_cannot_be_deleted_is_kept_and_retried_later(world: World) -> None:
    await until_subscriptions_settled(world)
    old = {row.id for row in subscriptions_in_graph(world)}
    await world.fault("graph", f"429; retry-after={WAIT_S}; path=subscriptions; method=DELETE")
    await restart_with_another_client_state(world)
    assert (await hindered(world, SubscriptionError.NO_ANSWER))["subscription_id"] in old
    await graph_gets_a_request_after_the_delay(world)
    assert subscribed_resources(world) == BOTH
    assert not old & {row.id for row in subscriptions_in_graph(world)}


async def test_a_lost_subscription_whose_creation_is_throttled_is_retried_later(world: World) -> None:
    await subscribe_per_chat(world, GROUP)
    (row,) = subscriptions_in_graph(world)
    await lose_subscription(world, row)
    await world.fault("graph", f"429; retry-after={WAIT_S}; path=subscriptions; method=POST")
    async with world.engines.writing.begin() as begun:
        soon = {"due_at": world.clock.now()}
        await begun.execute(update(subscription).where(subscription.c.chat_id == GROUP).values(soon))
    assert (await hindered(world, SubscriptionError.NO_ANSWER))["subscription_id"] is None
    await graph_gets_a_request_after_the_delay(world)
    await until_enqueued(world, GROUP)


async def test_a_rejected_recreation_is_shown_in_the_chat(world: World) -> None:
    await subscribe_per_chat(world, GROUP)
    world.teams.withheld.add("ChatSettings.Read.Chat")
    await restart_with_another_client_state(world)
    await hindered(world, SubscriptionError.NOT_ALLOWED, f"chat {GROUP}")
    status = texts(await private_view(world, "status"))
    await world.settle()
    assert "Microsoft 365 does not let Chat Sync subscribe to changes in chats." in status[-1]
