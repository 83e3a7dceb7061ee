"""How long the event loop of a measured process was kept from its work."""

import asyncio
import time
from collections.abc import AsyncIterator

from aiohttp import web

EVERY_S = 0.005


class Ticker:
    """Wants to run every few milliseconds, and notes by how much it was late."""

    def __init__(self) -> None:
        self.longest_s = 0.0

    async def run(self) -> None:
        """Ticks until it is cancelled."""
        while True:
            began = time.perf_counter()
            await asyncio.sleep(EVERY_S)
            self.longest_s = max(self.longest_s, time.perf_counter() - began - EVERY_S)

    def taken_ms(self) -> float:
        """The longest delay since it was asked last."""
        longest, self.longest_s = self.longest_s, 0.0
        return 1000 * longest


def add_ticker(app: web.Application) -> None:
    """Lets the application tell its longest stall since the last question at `/_stall`."""
    ticker = Ticker()

    async def stall(_request: web.Request) -> web.Response:
        return web.json_response(ticker.taken_ms())

    async def ticking(_app: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(ticker.run())
        yield
        task.cancel()

    app.router.add_get("/_stall", stall)
    app.cleanup_ctx.append(ticking)
