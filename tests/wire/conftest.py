import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from aiohttp.streams import StreamReader
from aiohttp.typedefs import Handler
from pydantic import SecretStr

from bot.config.settings import Settings
from bot.domain.public_names import CHAT_PERMISSIONS
from bot.sandbox.app import TEAMS, SandboxSettings, make_sandbox
from bot.store.engine import create_engines
from tests.conftest import FULL
from tests.fakes.clock import HeldClock
from tests.fakes.connector import FakeConnector
from tests.ports import free_port
from tests.wire.world import CLIENT_STATE, EVENTS, GROUP, MESSAGES, OTHER_GROUP, PERSONAL, WEBHOOK_KEY, World

HERE = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Each story that keeps something of its own runs on both databases, its variants and all others on SQLite.

    With `CHATSYNC_TESTS=full` all run on both; how the databases are alike is held by the contract tests.
    """
    seen: set[str] = set()
    left = [each for each in items if not FULL and _is_on_postgresql(each) and _is_left_out(each, seen)]
    config.hook.pytest_deselected(items=left)
    kept = set(items) - set(left)
    items[:] = [each for each in items if each in kept]


def _is_on_postgresql(item: pytest.Item) -> bool:
    called = getattr(item, "callspec", None)
    return HERE in item.path.parents and called is not None and called.params.get("database_url") == "postgresql"


def _is_left_out(item: pytest.Item, seen: set[str]) -> bool:
    """Whether it is a further one of a story that was `seen`, or keeps nothing that other stories do not."""
    story = item.nodeid.partition("[")[0]
    known = story in seen or item.get_closest_marker("one_database") is not None
    seen.add(story)
    return known


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(
        port=free_port(),
        database_url=database_url,
        dataverse_urls=(f"http://127.0.0.1:{free_port()}/sandbox",),
        webhook_key=SecretStr(WEBHOOK_KEY),
        graph_client_state=SecretStr(CLIENT_STATE),
    )


@pytest.fixture
async def connector() -> AsyncIterator[FakeConnector]:
    async with FakeConnector().running() as running:
        yield running


@pytest.fixture
async def bare_world(settings: Settings, connector: FakeConnector, clock: HeldClock) -> AsyncIterator[World]:
    """Everything around the bot, which is not started yet."""
    async with ClientSession() as session:
        world = World(
            settings=settings,
            session=session,
            connector=connector,
            clock=clock,
            engines=create_engines(settings.database_url),
            url=f"http://127.0.0.1:{settings.port}",
            sandbox=settings.dataverse_urls[0],
        )
        runner = web.AppRunner(sandbox_app(world))
        await runner.setup()
        port = int(world.sandbox.rpartition(":")[2].partition("/")[0])
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield world
        world.dataverse_hangs, world.dataverse_hangs_on = False, ""  # it waits for requests to end
        await runner.cleanup()
        await world.engines.close()


@pytest.fixture
async def world(bare_world: World) -> AsyncIterator[World]:
    """Chat Sync on the sandbox, with the bot in two group chats and a personal one; at the end nothing is left over."""
    await bare_world.start()
    for chat in (GROUP, OTHER_GROUP, PERSONAL):
        await bare_world.add_bot(chat)
    yield bare_world
    left = await bare_world.leftovers()
    for _ in range(5):
        # What looks around from time to time may find something to do at the very end.
        await bare_world.settle()
        left = await bare_world.leftovers()
        if not left:
            break
    await bare_world.stop()
    assert left == []


async def heard(request: web.Request) -> bytes:
    """The body, which stays to be read."""
    body = await request.read()
    again = StreamReader(request.protocol, limit=2**16, loop=asyncio.get_running_loop())
    again.feed_data(body)
    again.feed_eof()
    request._payload = again
    return body


def sandbox_app(world: World) -> web.Application:
    """The sandbox in a server of its own, which can be down."""

    @web.middleware
    async def down(request: web.Request, handler: Handler) -> web.StreamResponse:
        world.dataverse_was_asked.append(request.path_qs)
        world.dataverse_was_sent.append(await heard(request))
        while world.dataverse_hangs or (world.dataverse_hangs_on and world.dataverse_hangs_on in request.path):
            await asyncio.sleep(0.01)
        if world.dataverse_refuses_to_act_for_people and "CallerObjectId" in request.headers:
            return web.json_response(world.dataverse_refuses_to_act_for_people, status=403)
        for path, answer in world.dataverse_refuses.items():
            if path in request.path_qs:
                return web.json_response(answer[1], status=answer[0])
        return web.Response(status=503) if world.dataverse_is_down else await handler(request)

    told = SandboxSettings(
        url=world.sandbox,
        webhook_url=world.url + EVENTS,
        webhook_key=WEBHOOK_KEY,
        file=None,
        messages_url=world.url + MESSAGES,
        app_permissions=CHAT_PERMISSIONS,
    )
    app = web.Application(middlewares=[down])
    made = make_sandbox(told, now=world.clock.now)
    world.teams = made[TEAMS]
    app.add_subapp("/sandbox", made)
    return app
