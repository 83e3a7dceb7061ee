from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.conftest import missing
from tests.e2e.tools import what_is_missing
from tests.ports import free_port
from tests.process.bot_process import BotProcess


@pytest.fixture(autouse=True)
def real_clients() -> None:
    """Everything here needs them."""
    lacking = what_is_missing()
    if lacking:
        missing(lacking)


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[BotProcess]:
    """Chat Sync with nothing configured but its port."""
    async with ClientSession() as session:
        process = BotProcess(tmp_path, {"PORT": str(free_port())}, session)
        await process.start()
        yield process
        process.kill()
