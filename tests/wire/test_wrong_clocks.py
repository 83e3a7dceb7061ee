"""The clock of a machine was wrong, or the clocks of two machines differ: what it stored keeps nothing waiting."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from bot.domain.limits import Limits
from bot.store.tables import post, tenant_budget
from tests.wire.world import GROUP, UNPACED, World, texts

pytestmark = pytest.mark.one_database

AHEAD = timedelta(minutes=10)


@pytest.fixture
async def paced(bare_world: World) -> AsyncIterator[World]:
    bare_world.limits = replace(UNPACED, chat=Limits().chat, tenant=Limits().tenant)
    await bare_world.start()
    await bare_world.add_bot(GROUP)
    await bare_world.say("connect CAS-01001 quiet")
    await bare_world.settle()
    bare_world.card()
    bare_world.clock.advance(60)
    yield bare_world
    await bare_world.stop()


async def test_posts_of_a_tenant_that_are_in_the_future_delay_nothing(paced: World) -> None:
    ahead = [paced.clock.now() + AHEAD] * 5
    async with paced.engines.writing.begin() as writing:
        await writing.execute(update(tenant_budget).values(posts=ahead))
    with capture_logs() as logs:
        await paced.change({"prioritycode": 1})
        await paced.window_ends()
        await paced.until(lambda: paced.connector.posts.get(GROUP))
    assert "Priority: Normal → **High**" in texts(paced.card())
    warnings = [each for each in logs if each["event"] == "rate_limits.times_ignored"]
    assert [each["suppressed"] for each in warnings] == [0]
    # The post of the world's start can be the first one that finds these times.
    assert warnings[0]["ahead_s"] in {598, 600}
    (budget,) = await paced.rows_in(tenant_budget)
    assert max(budget["posts"]) <= paced.clock.now() + timedelta(seconds=1)


async def test_posts_to_a_chat_that_are_in_the_future_delay_nothing(paced: World) -> None:
    ahead = [{"chat_id": GROUP, "at": paced.clock.now() + AHEAD} for _ in range(8)]
    async with paced.engines.writing.begin() as writing:
        await writing.execute(post.insert(), ahead)
    with capture_logs() as logs:
        await paced.change({"prioritycode": 1})
        await paced.window_ends()
        await paced.until(lambda: paced.connector.posts.get(GROUP))
    assert "Priority: Normal → **High**" in texts(paced.card())
    assert [each["event"] for each in logs].count("rate_limits.times_ignored") == 1
