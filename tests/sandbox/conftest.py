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
    made = Receiver()
    made.gate.set()
    app = web.Application()
    app.router.add_post("/api/dataverse/events", made.answer)
    made.url = str((await aiohttp_server(app)).make_url("/api/dataverse/events"))
    return made


@pytest.fixture
def start(aiohttp_client: Callable[[web.Application], Awaitable[Client]], receiver: Receiver) -> Start:
    """Starts a sandbox; with a file it can be stopped and started again."""

    async def starting(file: Path | None = None, webhook_url: str = "") -> Client:
        settings = SandboxSettings(
            url="http://127.0.0.1:3978/sandbox",
            webhook_url=webhook_url or receiver.url,
            webhook_key=KEY,
            file=file,
        )
        app = web.Application()
        app.add_subapp("/sandbox", make_sandbox(settings, now=lambda: MIDDAY))
        return await aiohttp_client(app)

    return starting


@pytest.fixture
async def client(start: Start) -> Client:
    return await start()


@pytest.fixture
def api(client: Client) -> Api:
    return Api(client)
