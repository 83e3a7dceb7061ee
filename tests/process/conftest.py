from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.store.engine import Engines, create_engines
from bot.store.migrate import migrate
from tests.fakes.connector import FakeConnector
from tests.process.bot_process import BotProcess
from tests.process.chats import CHAT, OTHER_CHAT
from tests.process.load import Crew
from tests.tcp_ports import free_port
from tests.wire.people import ALEX


@pytest.fixture
async def connector() -> AsyncIterator[FakeConnector]:
    async with FakeConnector().running() as running:
        for chat in (CHAT, OTHER_CHAT):
            running.members[chat] = [ALEX.account_id]
        yield running


@pytest.fixture
async def bot(tmp_path: Path, database_url: str) -> AsyncIterator[BotProcess]:
    settings = {"PORT": str(free_port()), "CHATSYNC_DATABASE_URL": database_url, "CHATSYNC_COALESCE_S": "0.1"}
    async with ClientSession() as session:
        process = BotProcess(tmp_path, {**settings, "CHATSYNC_LOG_FORMAT": "json"}, session)
        await process.start()
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
async def engines(database_url: str) -> AsyncIterator[Engines]:
    """Return the database that the processes share, with its tables."""
    made = create_engines(database_url)
    try:
        await migrate(made.writing)
        yield made
    finally:
        await made.close()


@pytest.fixture
async def crew(tmp_path: Path, database_url: str) -> AsyncIterator[Crew]:
    async with ClientSession() as session:
        crew = Crew(tmp_path, database_url, session)
        try:
            yield crew
        finally:
            crew.end()
