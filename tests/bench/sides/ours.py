"""The product as `app.py` runs it, with the limits, records, and ticker of a measurement."""

import argparse
import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import app
from bot.config.load import load_settings
from bot.config.settings import Settings
from bot.domain.limits import Limits
from bot.logs import configure_logging
from bot.web.server import serve
from bot.wiring.application import make_app
from tests.bench.sides.memory_records import MemoryRecords
from tests.bench.ticker import add_ticker


async def run(settings: Settings, options: argparse.Namespace) -> None:
    """Serve with the limits and records of the measurement."""
    limits = Limits(
        poll_interval=timedelta(seconds=options.look_again), delete_after=timedelta(seconds=options.delete_after)
    )
    if options.unlimited:
        limits = replace(limits, chat=(), tenant=None)
    if options.unpaced_chats:
        limits = replace(limits, chat=())
    if options.without_search:
        limits = replace(limits, check_after=timedelta(days=1))
    replacements: dict[str, Any] = {"records": MemoryRecords()} if options.memory else {}
    made = await make_app(settings, limits=limits, **replacements)
    if options.ticker:
        add_ticker(made)
    await serve(made, settings.host, settings.port, limits.http, lambda: app._ready(settings))


def main() -> None:
    """Serve until terminated."""
    parser = argparse.ArgumentParser()
    for flag in ("--memory", "--unlimited", "--unpaced-chats", "--without-search", "--ticker"):
        parser.add_argument(flag, action="store_true")
    parser.add_argument("--look-again", type=float, default=Limits().poll_interval.total_seconds())
    parser.add_argument("--delete-after", type=float, default=Limits().delete_after.total_seconds())
    options, settings = parser.parse_args(), load_settings()
    configure_logging(settings.log_format, settings.log_level)
    asyncio.run(run(settings, options))


if __name__ == "__main__":
    main()
