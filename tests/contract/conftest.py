from collections.abc import AsyncIterator

import pytest

from bot.store.engine import Engines, create_engines
from bot.store.migrate import migrate
from bot.store.notify import StoreEvent
from bot.store.unit_of_work import Store


@pytest.fixture
async def engines(database_url: str) -> AsyncIterator[Engines]:
    made = create_engines(database_url)
    try:
        await migrate(made.writing)
        yield made
    finally:
        await made.close()


@pytest.fixture
def told() -> list[StoreEvent]:
    """Return the published events."""
    return []


@pytest.fixture
def store(engines: Engines, told: list[StoreEvent]) -> Store:
    return Store(engines, told.append)
