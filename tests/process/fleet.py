"""Two bots behind a load balancer, which are restarted one after the other: a rolling restart.

The bots run in the process of the test, because a process of its own takes seconds to start. Everything else is as in
production: each has its own settings, connections, and port, and they share a PostgreSQL database.
"""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from aiohttp import ClientConnectionError, ClientSession, web

from bot.config.checks import check
from bot.web.server import serving
from bot.wiring.application import make_app
from tests.tcp_ports import free_port
from tests.wire.world import EVENTS, UNPACED, World

BOTS = 2
LIMITS = replace(UNPACED, check_after=timedelta(minutes=30), lease=timedelta(seconds=100))
"""Searches for missed changes begin late, so that they hide no lost event. Leases are long, because a second on the
held clock is shorter than one of the machine. The work of a bot that stopped goes on when its lease ends.
"""


@dataclass
class _Bot:
    """A bot that serves."""

    port: int
    running: AsyncExitStack


@dataclass
class Fleet:
    """Bots with the settings of the world, and the balancer at the world's address."""

    world: World
    bots: list[_Bot] = field(default_factory=list)
    answers: list[tuple[str, int]] = field(default_factory=list)
    """Path and status of each request that reached a bot."""
    held: asyncio.Event = field(default_factory=asyncio.Event)
    """While this is cleared, the balancer keeps events, as if they were on their way."""
    on_their_way: int = 0
    """Number of events that the balancer keeps."""
    _next: int = 0
    _balancer: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start(self) -> None:
        """Start the balancer and the bots."""
        self.held.set()
        app = web.Application(client_max_size=2_000_000)
        app.router.add_route("*", "/{path:.*}", self._forward)
        runner = web.AppRunner(app)
        self._balancer.push_async_callback(runner.cleanup)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.world.settings.port).start()
        session = await self._balancer.enter_async_context(ClientSession())
        self._session = session
        for _ in range(BOTS):
            await self._add()

    async def stop(self) -> None:
        """Stop everything."""
        for each in self.bots:
            await each.running.aclose()
        await self._balancer.aclose()

    async def roll(self, **changed: Any) -> None:
        """Change settings and restart: begin each new bot before an old one ends, as a rolling restart does."""
        self.world.settings = self.world.settings.model_copy(update=changed)
        # As the process does at its start.
        assert check(self.world.settings) == []
        for _ in range(BOTS):
            await self._add()
            await self._end_oldest()

    async def _add(self) -> None:
        settings = self.world.settings.model_copy(update={"port": free_port(), "public_url": self.world.url})
        app = await make_app(settings, clock=self.world.clock, limits=LIMITS)
        running = AsyncExitStack()
        await running.enter_async_context(serving(app, settings.host, settings.port, LIMITS.http))
        self.bots.append(_Bot(settings.port, running))

    async def _end_oldest(self) -> None:
        # From now on, the balancer sends nothing to it, and it answers what it has.
        await self.bots.pop(0).running.aclose()

    async def _forward(self, request: web.Request) -> web.Response:
        """Answer with the response of the next bot. Of a bot that just stopped, another one takes the request."""
        body = await request.read()
        if request.path == EVENTS:
            self.on_their_way += 1
            await self.held.wait()
            self.on_their_way -= 1
        for _ in range(BOTS + 1):
            self._next += 1
            bot = self.bots[self._next % len(self.bots)]
            try:
                return await self._asked(bot, request, body)
            except ClientConnectionError:
                continue
        return web.Response(status=503)

    async def _asked(self, bot: _Bot, request: web.Request, body: bytes) -> web.Response:
        url = f"http://127.0.0.1:{bot.port}{request.raw_path}"
        headers = {name: value for name, value in request.headers.items() if name != "Content-Length"}
        async with self._session.request(request.method, url, data=body, headers=headers) as answer:
            self.answers.append((request.path, answer.status))
            kind = {"Content-Type": answer.headers["Content-Type"]} if "Content-Type" in answer.headers else {}
            return web.Response(status=answer.status, body=await answer.read(), headers=kind)

    def refused(self, path: str, since: int = 0) -> list[int]:
        """Return the statuses other than success among the answers to this path, from this answer on."""
        return [status for asked, status in self.answers[since:] if asked == path and not 200 <= status < 300]
