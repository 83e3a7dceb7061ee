from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.sandbox.app import SandboxSettings, make_sandbox
from tests.sandbox.wire import KEY, MIDDAY, Api, Client, Receiver, Start


@pytest.fixture
async def receiver(aiohttp_server: Callable[[web.Application], Awaitable[TestServer]]) -> Receiver:
    receiver = Receiver()
    receiver.gate.set()
    app = web.Application()
    app.router.add_post("/api/dataverse/events", receiver.answer)
    receiver.url = str((await aiohttp_server(app)).make_url("/api/dataverse/events"))
    return receiver


@pytest.fixture
def start(aiohttp_client: Callable[[web.Application], Awaitable[Client]], receiver: Receiver) -> Start:
    """Return a function that starts a sandbox. With a file, the sandbox can be restarted."""

    async def start_sandbox(file: Path | None = None, webhook_url: str = "") -> Client:
        settings = SandboxSettings(
            url="http://127.0.0.1:3978/sandbox",
            webhook_url=webhook_url or receiver.url,
            webhook_key=KEY,
            file=file,
        )
        app = web.Application()
        app.add_subapp("/sandbox", make_sandbox(settings, now=lambda: MIDDAY))
        return await aiohttp_client(app)

    return start_sandbox


@pytest.fixture
async def client(start: Start) -> Client:
    return await start()


@pytest.fixture
def api(client: Client) -> Api:
    return Api(client)
