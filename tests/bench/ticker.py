"""Delays of the event loop in a measured process."""

import asyncio
import time
from collections.abc import AsyncIterator

from aiohttp import web

EVERY_S = 0.005


class Ticker:
    """A task that should run every few milliseconds, and records its delays."""

    def __init__(self) -> None:
        self.longest_s = 0.0

    async def run(self) -> None:
        """Tick until cancelled."""
        while True:
            began = time.perf_counter()
            await asyncio.sleep(EVERY_S)
            self.longest_s = max(self.longest_s, time.perf_counter() - began - EVERY_S)

    def taken_ms(self) -> float:
        """Return the longest delay since the last call."""
        longest, self.longest_s = self.longest_s, 0.0
        return 1000 * longest


def add_ticker(app: web.Application) -> None:
    """Let the application report its longest stall since the last request at `/_stall`."""
    ticker = Ticker()

    async def stall(_request: web.Request) -> web.Response:
        return web.json_response(ticker.taken_ms())

    async def ticking(_app: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(ticker.run())
        yield
        task.cancel()

    app.router.add_get("/_stall", stall)
    app.cleanup_ctx.append(ticking)
