"""Fixtures of stories at the wire."""

from collections.abc import AsyncIterator

import pytest

from bot.config.settings import Settings
from tests.fakes.clock import HeldClock
from tests.fakes.connector import FakeConnector
from tests.wire.opening import open_world, world_settings
from tests.wire.world import GROUP, OTHER_GROUP, PERSONAL, World


@pytest.fixture
def settings(database_url: str) -> Settings:
    return world_settings(database_url)


@pytest.fixture
async def connector() -> AsyncIterator[FakeConnector]:
    async with FakeConnector().running() as running:
        yield running


@pytest.fixture
async def bare_world(settings: Settings, connector: FakeConnector, clock: HeldClock) -> AsyncIterator[World]:
    """Start everything around the bot, but not the bot. At the end, stop everything that the story started."""
    async with open_world(settings, connector, clock) as world:
        yield world


@pytest.fixture
async def world(bare_world: World) -> AsyncIterator[World]:
    """Start Chat Sync with the bot in two group chats and a personal one; at the end, nothing may be pending."""
    await bare_world.know_chats(GROUP, OTHER_GROUP, PERSONAL)
    await bare_world.start()
    yield bare_world
    left = await bare_world.leftovers()
    for _ in range(5):
        # Periodic jobs may enqueue something at the very end.
        await bare_world.settle()
        left = await bare_world.leftovers()
        if not left:
            break
    await bare_world.stop()
    assert left == []
