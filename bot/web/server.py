"""The HTTP server of the process."""

import asyncio
import errno
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiohttp import web

from bot.domain.limits import HttpLimits
from bot.logs import get_logger
from bot.web.connections import ConnectionGuard, connection_factory

try:
    from resource import RLIMIT_NOFILE, getrlimit
except ImportError:  # pragma: no cover
    getrlimit = None  # type: ignore[assignment] # Windows has no such limit

_RESERVED_FILES = 256
"""Files that remain for databases, outgoing connections, and logs."""

_OUT_OF_RESOURCES = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}

_KINDS = (
    "Task exception was never retrieved",
    "Future exception was never retrieved",
    "Task was destroyed but it is pending",
    "Exception in callback",
    "socket.accept() out of system resource",
    "Error on transport creation",
    "Fatal",
    "Unclosed",
    "Unhandled",
)
"""Beginnings of the messages of asyncio and aiohttp. The rest can show arguments of functions."""

_log = get_logger(__name__)


async def serve(app: web.Application, host: str, port: int, limits: HttpLimits, ready: Callable[[], None]) -> None:
    """Serve until the process is told to stop; call `ready` when the server accepts connections."""
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()

    def stop() -> None:
        stopped.set()
        # A second signal ends the process at once.
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(each)

    for each in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows: Ctrl+C raises KeyboardInterrupt
            loop.add_signal_handler(each, stop)
    async with serving(app, host, port, limits):
        ready()
        await stopped.wait()


@asynccontextmanager
async def serving(app: web.Application, host: str, port: int, limits: HttpLimits) -> AsyncIterator[None]:
    """Run the server in the block."""
    loop = asyncio.get_running_loop()
    runner, guard = web.AppRunner(app), ConnectionGuard(limits, max_connections(limits))
    loop.set_exception_handler(_error_handler(guard))
    try:
        await runner.setup()
        listening = await loop.create_server(connection_factory(runner, guard), host, port)
        try:
            yield
        finally:
            listening.close()
            guard.dismiss()
    finally:
        await runner.cleanup()
        guard.close()
        loop.set_exception_handler(None)


def max_connections(limits: HttpLimits) -> int:
    """Return the number of connections that the limit and the open files of the process allow."""
    if getrlimit is None:
        return limits.connections
    files, _ = getrlimit(RLIMIT_NOFILE)
    return min(limits.connections, files - min(_RESERVED_FILES, files // 2))


def _error_handler(guard: ConnectionGuard) -> Callable[[asyncio.AbstractEventLoop, dict[str, Any]], None]:
    """Return the handler of errors in the event loop: one log line a minute for each kind, without values.

    asyncio's own lines show tasks and what they hold, and come by the thousand while the process cannot open files.
    """

    def handle(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error, message = context.get("exception"), context["message"]
        if isinstance(error, OSError) and error.errno in _OUT_OF_RESOURCES:
            guard.close_oldest()
        kind = next((each for each in _KINDS if message.startswith(each)), "other")
        suppressed = guard.lines.take((kind, type(error).__name__))
        if suppressed is not None:
            _log.error("event_loop.error", kind=kind, suppressed=suppressed, exc_info=error)

    return handle
