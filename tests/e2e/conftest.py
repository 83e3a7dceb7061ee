"""Real clients: one Chromium and one Agents Playground for all tests of a worker, and a bot for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from playwright.async_api import Browser

from tests.e2e.playground import Site, browser, running_playground
from tests.e2e.tools import what_is_missing
from tests.process.bot_process import BotProcess
from tests.tcp_ports import free_port
from tests.tiers import missing


@pytest.fixture(autouse=True)
def real_clients() -> None:
    """Require the real clients, which every test here needs."""
    lacking = what_is_missing()
    if lacking:
        missing(lacking)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with browser() as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """Start the Playground in front of a port on which each test starts its own bot."""
    bot_port = free_port(for_the_session=True)
    async with running_playground(bot_port, tmp_path_factory.mktemp("playground")) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def bot(tmp_path: Path, site: Site) -> AsyncIterator[BotProcess]:
    """Start Chat Sync with no setting except its port."""
    async with ClientSession() as session:
        process = BotProcess(tmp_path, {"PORT": str(site.bot_port)}, session)
        await process.start()
        try:
            yield process
        finally:
            process.kill()
