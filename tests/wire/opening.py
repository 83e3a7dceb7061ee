"""Open a world: the sandbox, a connector, and everything else around the bot."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing

from aiohttp import ClientSession, web
from aiohttp.streams import StreamReader
from aiohttp.typedefs import Handler
from pydantic import SecretStr

from bot.config.settings import Settings
from bot.domain.public_names import CHAT_PERMISSIONS
from bot.sandbox.app import TEAMS, SandboxSettings, make_sandbox
from bot.sandbox.faults import SERVICES
from bot.store.engine import create_engines
from tests.fakes.clock import HeldClock
from tests.fakes.connector import FakeConnector
from tests.fakes.databases import DatabaseReader
from tests.tcp_ports import free_port
from tests.wire.world import CLIENT_STATE, EVENTS, HURRIED, MESSAGES, WEBHOOK_KEY, World


def world_settings(database_url: str) -> Settings:
    """Return the settings of a bot on this database, with free ports."""
    return Settings(
        port=free_port(),
        database_url=database_url,
        dataverse_urls=(f"http://127.0.0.1:{free_port()}/sandbox",),
        webhook_key=SecretStr(WEBHOOK_KEY),
        graph_client_state=SecretStr(CLIENT_STATE),
    )


@asynccontextmanager
async def open_world(settings: Settings, connector: FakeConnector, clock: HeldClock) -> AsyncIterator[World]:
    """Start everything around the bot, but not the bot. At the end, stop everything that the story started."""
    engines = create_engines(settings.database_url)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(engines.close)
        reader = stack.enter_context(closing(DatabaseReader(engines)))
        world = World(
            settings=settings,
            session=await stack.enter_async_context(ClientSession()),
            connector=connector,
            clock=clock,
            engines=engines,
            reader=reader,
            url=f"http://127.0.0.1:{settings.port}",
            sandbox=settings.dataverse_urls[0],
        )
        runner = web.AppRunner(sandbox_app(world))
        stack.push_async_callback(runner.cleanup)
        await runner.setup()
        port = int(world.sandbox.rpartition(":")[2].partition("/")[0])
        await web.TCPSite(runner, "127.0.0.1", port).start()
        stack.callback(world.let_dataverse_answer)  # it waits for requests to end
        stack.push_async_callback(world.stop)
        yield world


async def heard(request: web.Request) -> bytes:
    """Return the body, which can still be read afterward."""
    body = await request.read()
    again = StreamReader(request.protocol, limit=2**16, loop=asyncio.get_running_loop())
    again.feed_data(body)
    again.feed_eof()
    request._payload = again
    return body


def hangs(world: World, request: web.Request) -> bool:
    """Return whether this request to Dataverse gets no response."""
    named = world.dataverse_hangs_method in {"", request.method}
    return world.dataverse_hangs or bool(
        named and world.dataverse_hangs_on and world.dataverse_hangs_on in request.path
    )


def in_other_words(world: World, response: web.StreamResponse) -> web.StreamResponse:
    """Return the response with the replacements in its body."""
    if isinstance(response, web.Response) and isinstance(response.body, bytes):
        for said, other in world.dataverse_says.items():
            response.body = response.body.replace(said, other)
    return response


def sandbox_app(world: World) -> web.Application:
    """Return the sandbox as its own server, which can be down."""

    @web.middleware
    async def counted(request: web.Request, handler: Handler) -> web.StreamResponse:
        world.dataverse_pending += 1
        try:
            return await handler(request)
        finally:
            world.dataverse_pending -= 1

    @web.middleware
    async def down(request: web.Request, handler: Handler) -> web.StreamResponse:
        world.dataverse_was_asked.append(request.path_qs)
        world.dataverse_was_sent.append(await heard(request))
        if world.limits is HURRIED and hangs(world, request):
            await world.pass_deadline()
        while hangs(world, request):
            await asyncio.sleep(0.01)
        if world.dataverse_refuses_to_act_for_people and "CallerObjectId" in request.headers:
            return web.json_response(world.dataverse_refuses_to_act_for_people, status=403)
        for path, answer in world.dataverse_refuses.items():
            if path in request.path_qs:
                return web.json_response(answer[1], status=answer[0])
        if world.dataverse_is_down:
            return web.Response(status=503)
        return in_other_words(world, await handler(request))

    told = SandboxSettings(
        url=world.sandbox,
        webhook_url=world.url + EVENTS,
        webhook_key=WEBHOOK_KEY,
        file=None,
        messages_url=world.url + MESSAGES,
        app_permissions=CHAT_PERMISSIONS,
    )
    app = web.Application(middlewares=[counted, down])
    made = make_sandbox(told, now=world.clock.now)
    world.teams = made[TEAMS]
    world.faulty_services = made[SERVICES]
    app.add_subapp("/sandbox", made)
    return app
