"""More connections than the process may open files: the next client is answered, and the log stays short."""

import asyncio
import resource
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.process.bot_process import BotProcess
from tests.steps.changes import CHANGES
from tests.steps.raw_http import JSON, connection, exchange, head
from tests.tcp_ports import free_port
from tests.tiers import FULL
from tests.wire.world import EVENTS, MESSAGES

FILES = 1_024
CONNECTIONS = 2_000 if FULL else 1_200
_LIMITED = f"""
import resource, runpy
resource.setrlimit(resource.RLIMIT_NOFILE, ({FILES}, {FILES}))
runpy.run_module("tests.process.launch", run_name="__main__")
"""
HEALTH = head("/healthz", method=b"GET")
BEGINNINGS = {
    "nothing": [b""],
    "half of the headers": [HEALTH[:-2]],
    "no body": [head(path, JSON, b"Content-Length: 100") for path in (MESSAGES, EVENTS, CHANGES)],
}

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def many_files() -> Iterator[None]:
    """Allow this process to open the other ends of the connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, CONNECTIONS + 500)), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture
async def limited(tmp_path: Path, database_url: str) -> AsyncIterator[BotProcess]:
    settings = {"PORT": str(free_port()), "CHATSYNC_DATABASE_URL": database_url}
    async with ClientSession() as session:
        process = BotProcess(tmp_path, settings, session, ("-c", _LIMITED))
        await process.start()
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.usefixtures("many_files")
@pytest.mark.parametrize("beginnings", BEGINNINGS.values(), ids=BEGINNINGS)
async def test_a_flood_of_connections_locks_nobody_out(limited: BotProcess, beginnings: list[bytes]) -> None:
    port = int(limited.settings["PORT"])
    before = len(limited.log.splitlines())
    async with AsyncExitStack() as stack:
        for number in range(CONNECTIONS):
            opened = await stack.enter_async_context(connection(port))
            opened.send(beginnings[number % len(beginnings)])
            if number % 100 == 0:
                assert (await exchange(port, HEALTH)).status == 200
        for _ in range(20):
            assert (await exchange(port, HEALTH)).status == 200
    # A minute after the first line, there may be a second one.
    assert len(limited.log.splitlines()) - before < 10
    assert "Too many open files" not in limited.log
    assert await asyncio.to_thread(limited.stop) == 0
