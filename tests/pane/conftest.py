"""The world of the stories at the wire. For stories in Chromium, each module has one bot and one browser."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.process.bot_process import BotProcess
from tests.steps.browser import running_bot, running_browser
from tests.wire.conftest import bare_world, connector, settings, world  # noqa: F401 - fixtures


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BotProcess]:
    async with running_bot(tmp_path_factory.mktemp("bot")) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with running_browser() as running:
        yield running


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder for pictures, which `CHATSYNC_TEST_PICTURES` names. Otherwise, it is a temporary one."""
    named = os.environ.get("CHATSYNC_TEST_PICTURES")
    found = Path(named) if named else tmp_path_factory.mktemp("pictures")
    found.mkdir(parents=True, exist_ok=True)
    return found
