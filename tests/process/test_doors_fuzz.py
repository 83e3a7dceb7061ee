"""A hundred thousand generated requests to each door of a process in production: no error, no leak, flat memory."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.certificates import Certificates
from tests.fakes.connector import FakeConnector
from tests.fakes.sign_in import FakeSignIn
from tests.process.bot_process import AS_SHIPPED, BotProcess
from tests.process.chats import CHAT
from tests.steps.bot_messages import message
from tests.steps.fuzzed_requests import DOORS, MARKER, Credentials, requests
from tests.steps.raw_http import exchange
from tests.tcp_ports import free_port
from tests.tiers import examples
from tests.wire.world import CLIENT_STATE, TENANT, WEBHOOK_KEY

pytestmark = [pytest.mark.full, pytest.mark.databases("sqlite"), pytest.mark.timeout(4 * 3600)]

REQUESTS = 100_000
WARM_UP = 5_000
MOST_GROWTH = 20_000_000
"""Bytes that the process may grow after the warm-up: caches that fill up, and a fragmented heap."""


@pytest.fixture
async def production(tmp_path: Path, database_url: str, sign_in: FakeSignIn) -> AsyncIterator[BotProcess]:
    """Run the program as shipped, with an app ID, Graph's client state, and the sandbox of a second process."""
    port, sandbox_port = free_port(), free_port()
    sandbox = {
        "PORT": str(sandbox_port),
        "CHATSYNC_ROLE": "sandbox",
        "CHATSYNC_SANDBOX_FILE": "",
        "CHATSYNC_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "CHATSYNC_WEBHOOK_KEY": WEBHOOK_KEY,
    }
    settings = {
        "PORT": str(port),
        "MicrosoftAppId": sign_in.settings()["app_id"],
        "MicrosoftAppPassword": sign_in.secret,
        "CHATSYNC_ALLOWED_TENANTS": TENANT,
        "CHATSYNC_SERVICE_HOSTS": "127.0.0.1",
        "CHATSYNC_OPENID_URL": f"{sign_in.url}/openid",
        "CHATSYNC_LOGIN_URL": sign_in.url,
        "CHATSYNC_CA_FILE": str(sign_in.certificates.certificate),
        "CHATSYNC_DATABASE_URL": database_url,
        "CHATSYNC_DATAVERSE_URL": f"http://127.0.0.1:{sandbox_port}/sandbox",
        "CHATSYNC_WEBHOOK_KEY": WEBHOOK_KEY,
        "CHATSYNC_PUBLIC_URL": "https://bot.example.com",
        "CHATSYNC_GRAPH_CLIENT_STATE": CLIENT_STATE,
        "CHATSYNC_LOG_LEVEL": "DEBUG",
    }
    (tmp_path / "sandbox").mkdir()
    async with ClientSession() as session:
        around = BotProcess(tmp_path / "sandbox", sandbox, session, AS_SHIPPED)
        process = BotProcess(tmp_path, settings, session, AS_SHIPPED)
        await around.start()
        try:
            await process.start()
            yield process
        finally:
            around.kill()
            if process.process:
                process.kill()


@pytest.fixture
async def teams(certificates: Certificates) -> AsyncIterator[FakeConnector]:
    async with FakeConnector(certificates=certificates).running() as running:
        yield running


def memory(process: BotProcess) -> int:
    """Return the resident memory in bytes."""
    assert process.process
    status = Path(f"/proc/{process.process.pid}/status").read_text(encoding="ascii")
    return 1024 * int(status.partition("VmRSS:")[2].split()[0])


@pytest.mark.parametrize("door", DOORS)
def test_no_request_is_an_error_leaves_a_trace_or_takes_memory(
    production: BotProcess, teams: FakeConnector, sign_in: FakeSignIn, door: str
) -> None:
    loop, port = asyncio.get_event_loop(), int(production.settings["PORT"])
    activity = {**message(teams, CHAT, "help"), "channelData": {"tenant": {"id": TENANT}}}
    known = Credentials(sign_in.bearer(teams.service_url, exp=int(time.time()) + 24 * 3600), activity)
    sizes: list[int] = []

    @examples(REQUESTS // 20)
    @given(data=st.data())
    def asked(data: st.DataObject) -> None:
        request = data.draw(requests(door, known))
        answer = loop.run_until_complete(exchange(port, request))
        assert answer.status < 500 or answer.status == 501, request
        assert WEBHOOK_KEY.encode() not in answer.whole
        sizes.append(memory(production) if len(sizes) in {WARM_UP, REQUESTS - 1} else 0)
        teams.posts.clear()
        teams.tokens.clear()
        teams.tries.clear()

    asked()
    measured = [each for each in sizes if each]
    assert len(sizes) >= REQUESTS
    assert measured[-1] - measured[0] < MOST_GROWTH
    assert production.stop() == 0
    for secret in (MARKER, WEBHOOK_KEY, CLIENT_STATE, "Traceback", "request_failed"):
        assert secret not in production.log
