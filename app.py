"""Start Chat Sync with `python app.py`; `python app.py --help` lists the options."""

import gc

# Imported objects stay in memory: collecting garbage among them would take a fifth of the start.
gc.disable()

import asyncio
import errno
import os
import sys
from argparse import Namespace
from contextlib import suppress
from socket import gaierror

from bot.cli.arguments import parser
from bot.config.load import SettingsError, load_settings
from bot.config.settings import Settings
from bot.domain.errors import ChatSyncError
from bot.domain.limits import Limits
from bot.logs import configure_logging, get_logger, log_uncaught_errors
from bot.logs.tracebacks import describe_error
from bot.runtime.memory import settle_memory
from bot.web.server import serve
from bot.wiring.application import make_app

_ADDRESS_ERRORS = frozenset({errno.EADDRINUSE, errno.EADDRNOTAVAIL, errno.EACCES})
"""Errors of the operating system for an address or a port that a process cannot use."""


def main() -> int:
    """Serve until the process is stopped, or run one command; return 2 for an error."""
    # Only this account can read the files that the process creates.
    os.umask(0o077)
    # Until the settings are known.
    configure_logging("text", "WARNING")
    log_uncaught_errors()
    arguments = parser().parse_args()
    if arguments.role:
        os.environ["CHATSYNC_ROLE"] = arguments.role
    try:
        settings = load_settings()
    except SettingsError as error:
        print(f"Chat Sync cannot start. Correct these settings:\n{error}", file=sys.stderr)  # noqa: T201
        return 2
    try:
        return _run(settings, arguments)
    except ChatSyncError as error:
        prefix = "" if arguments.command else "Chat Sync cannot start. "
        print(f"{prefix}{error} {error.next_step}", file=sys.stderr)  # noqa: T201
        return 2
    except OSError as error:
        if not _cannot_listen(error):
            raise
        print("Chat Sync cannot start. It cannot listen at HOST and PORT.", describe_error(error), file=sys.stderr)  # noqa: T201
        return 2


def _cannot_listen(error: OSError) -> bool:
    """Return whether the error is about the address of the server, and not about a file."""
    return isinstance(error, gaierror) or (error.errno in _ADDRESS_ERRORS and error.filename is None)


def _run(settings: Settings, arguments: Namespace) -> int:
    if arguments.command:
        configure_logging(settings.log_format, "ERROR")
        from bot.wiring.command_line import run_command

        return asyncio.run(run_command(settings, arguments, sys.stdout.write))
    configure_logging(settings.log_format, settings.log_level)
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(settings))
    return 0


async def _serve(settings: Settings) -> None:
    limits = Limits()
    app = await make_app(settings, limits=limits)
    await serve(app, settings.host, settings.port, limits.http, lambda: _ready(settings))


def _ready(settings: Settings) -> None:
    settle_memory()
    get_logger("app").info("app.ready", **addresses(settings))


def addresses(settings: Settings) -> dict[str, str]:
    """Return the URLs of the process, which its first log line shows."""
    here = f"http://{settings.host}:{settings.port}"
    bot = {"messages": f"{here}/api/messages"} if settings.role in {"all", "web"} else {}
    sandbox = {"sandbox": f"{here}/sandbox/"} if settings.uses_own_sandbox else {}
    return {**bot, **sandbox}


if __name__ == "__main__":
    sys.exit(main())
