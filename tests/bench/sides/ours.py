"""The product as `app.py` runs it, with the limits, the records and the ticker that a measurement asks for."""

import argparse
from contextlib import nullcontext
from datetime import timedelta

from aiohttp import web

import app
from bot.config import Settings, load_settings
from bot.logs import AccessLogger, set_up_logs
from bot.wiring import application as wiring
from bot.workers.limits import Limits
from tests.bench.sides.memory_records import MemoryRecords
from tests.bench.ticker import add_ticker


async def make(settings: Settings, options: argparse.Namespace) -> web.Application:
    """The application that `bot.wiring.application` makes."""
    limits = Limits(poll_interval=timedelta(seconds=options.look_again))
    if options.unlimited:
        limits = Limits(chat=(), tenant=None, poll_interval=limits.poll_interval)
    if options.unpaced_chats:
        limits = Limits(chat=(), poll_interval=limits.poll_interval)
    made = await wiring.make_app(settings, limits=limits)
    if options.ticker:
        add_ticker(made)
    return made


def main() -> None:
    """Serves until it is told to stop."""
    parser = argparse.ArgumentParser()
    for flag in ("--memory", "--unlimited", "--unpaced-chats", "--ticker"):
        parser.add_argument(flag, action="store_true")
    parser.add_argument("--look-again", type=float, default=Limits().poll_interval.total_seconds())
    options, settings = parser.parse_args(), load_settings()
    set_up_logs(settings.log_format, settings.log_level)
    with MemoryRecords.instead() if options.memory else nullcontext():
        web.run_app(
            make(settings, options),
            host=settings.host,
            port=settings.port,
            access_log_class=AccessLogger,
            print=lambda _: app._ready(settings),
        )


if __name__ == "__main__":
    main()
