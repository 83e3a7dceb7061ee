"""Starts Chat Sync: `python app.py`; what else can be written there: `python app.py --help`."""

import gc

# What is imported stays: looking for garbage in it would make up a fifth of the start.
gc.disable()

import asyncio
import os
import sys
from argparse import Namespace

from aiohttp import web

from bot.cli.arguments import parser
from bot.config.load import SettingsError, load_settings
from bot.config.settings import Settings
from bot.domain.errors import ChatSyncError
from bot.logs import AccessLogger, configure_logging, get_logger
from bot.wiring.application import make_app


def main() -> int:
    """Serves until the process is told to stop, or does one command; 2 where the settings do not allow a start."""
    arguments = parser().parse_args()
    if arguments.role:
        os.environ["CHATSYNC_ROLE"] = arguments.role
    try:
        settings = load_settings()
    except SettingsError as error:
        print(f"Chat Sync does not start. Correct these settings:\n{error}", file=sys.stderr)  # noqa: T201
        return 2
    try:
        return _run(settings, arguments)
    except ChatSyncError as error:
        print(f"Chat Sync does not start. {error} {error.next_step}", file=sys.stderr)  # noqa: T201
        return 2


def _run(settings: Settings, arguments: Namespace) -> int:
    if arguments.command:
        configure_logging(settings.log_format, "ERROR")
        from bot.wiring.command_line import run_command

        return asyncio.run(run_command(settings, arguments, sys.stdout.write))
    configure_logging(settings.log_format, settings.log_level)
    web.run_app(
        make_app(settings),
        host=settings.host,
        port=settings.port,
        access_log_class=AccessLogger,
        print=lambda _: _ready(settings),
    )
    return 0


def _ready(settings: Settings) -> None:
    # What is there now stays: looking for garbage in it would halt the process for some milliseconds now and then, and
    # for a tenth of a second here. What of it is garbage is little, and grows no more.
    gc.freeze()
    gc.enable()
    get_logger("app").info("ready", **addresses(settings))


def addresses(settings: Settings) -> dict[str, str]:
    """Where the process answers, for whoever reads its first line."""
    here = f"http://{settings.host}:{settings.port}"
    bot = {"messages": f"{here}/api/messages"} if settings.role in {"all", "web"} else {}
    sandbox = {"sandbox": f"{here}/sandbox/"} if settings.uses_own_sandbox else {}
    return {**bot, **sandbox}


if __name__ == "__main__":
    sys.exit(main())
