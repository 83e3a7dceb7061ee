"""Chat Sync or its sandbox on a fast clock: `python -m tests.process.soak.program <start> <speed>`.

As in `app.py`, except for the clock and what follows from it: leases and pauses are longer, so that they take about as
long as usual, and completed rows are kept for an hour, so that their deletion is part of the day.
"""

import asyncio
import gc
import sys
from datetime import timedelta

from aiohttp import web

from bot.config.load import load_settings
from bot.domain.limits import Limits
from bot.logs import configure_logging
from bot.runtime.memory import settle_memory
from bot.web.server import serve
from bot.wiring.application import make_app
from tests.process.soak.fast_clock import FastClock

GAUGES = "/gauges"
RETENTION_DAYS = 1 / 24


def limits(speed: float) -> Limits:
    """Return limits in which the processes poll and renew leases about as often as usual in real time."""
    return Limits(lease=timedelta(seconds=10 * speed), poll_interval=timedelta(seconds=speed))


async def gauges(_request: web.Request) -> web.Response:
    """Return what only the process itself can count."""
    gc.collect()
    return web.json_response({"tasks": len(asyncio.all_tasks()), "blocks": sys.getallocatedblocks()})


async def main(start: float, speed: float) -> None:
    """Serve until the process is told to stop."""
    # As in `app.py`: what was imported is left out of collections.
    gc.disable()
    settings = load_settings().model_copy(update={"retention_days": RETENTION_DAYS})
    configure_logging(settings.log_format, settings.log_level)
    app = await make_app(settings, clock=FastClock(start, speed), limits=limits(speed))
    app.router.add_get(GAUGES, gauges)
    await serve(app, settings.host, settings.port, Limits().http, settle_memory)


if __name__ == "__main__":
    asyncio.run(main(*map(float, sys.argv[1:])))
