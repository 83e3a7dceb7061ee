from collections.abc import AsyncIterator

import pytest

from bot.store.engine import Engines, make_engines
from bot.store.migrate import migrate
from bot.store.notify import News
from bot.store.unit_of_work import Store


@pytest.fixture
async def engines(database_url: str) -> AsyncIterator[Engines]:
    made = make_engines(database_url)
    await migrate(made.writing)
    yield made
    await made.close()


@pytest.fixture
def told() -> list[News]:
    """What others were told of."""
    return []


@pytest.fixture
def store(engines: Engines, told: list[News]) -> Store:
    return Store(engines, told.append)
