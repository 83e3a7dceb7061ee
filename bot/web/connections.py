"""Connections of the HTTP server: strangers can neither hold them nor learn or log anything by broken requests.

aiohttp closes connections that are idle, and has no limits for clients that send slowly or open many connections.
`ConnectionGuard` adds these. It knows which connections wait for their client, and closes the oldest of them if there
are too many, so that the next client, such as Teams, is always accepted.
"""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, cast

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.http_parser import RawRequestMessage
from aiohttp.streams import StreamReader

from bot.domain.limits import HttpLimits
from bot.logs import AccessLogger, get_logger
from bot.runtime.line_budget import LineBudget
from bot.web.errors import error_response

MAX_HEADERS = 80
MAX_HEAD_BYTES = 64 * 1024
"""Maximum bytes of the headers of a request; aiohttp limits each line to 8,190 bytes."""

LINGER_S = 2.0
"""Time in which a client can read the answer to a request whose body is not received."""

_SWEEP_S = 1.0
# A stranger's body of many tiny parts costs the most. The parser pauses after 256 parts of a body, and after 8 KB.
_READ_BUFFER_BYTES = 4096

_HEAD_TOO_LARGE = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

_log = get_logger(__name__)


# What the client of a connection has to do next.
_SEND_HEAD, _SEND_BODY, _LEAVE, _CONTINUE, _NOTHING = range(5)


class ConnectionGuard:
    """Limits the number of connections, and the time that each may wait for its client."""

    def __init__(self, limits: HttpLimits, max_connections: int) -> None:
        self.limits = limits
        self._max_connections = max_connections
        self._open = 0
        self._deadlines: dict[Connection, float] = {}
        """When to close each connection that waits for its client. The longest waiting one is the first."""
        self._now = asyncio.get_running_loop().time
        self._sweeping: asyncio.TimerHandle | None = None
        self.lines = LineBudget()

    def opened(self, connection: "Connection") -> None:
        """Make room for the connection, and let it wait for its first request."""
        self._open += 1
        if self._open > self._max_connections:
            self.close_oldest()
        self._wait(connection, self.limits.head_within_s)

    def closed(self, connection: "Connection") -> None:
        """Forget the connection."""
        self._open -= 1
        self.proceed(connection)

    def head_begins(self, connection: "Connection") -> None:
        """Give the client time to send the headers."""
        self._wait(connection, self.limits.head_within_s)

    def body_begins(self, connection: "Connection") -> None:
        """Give the client time to send the body, and to read the answer if it does not."""
        self._wait(connection, self.limits.body_within_s + LINGER_S + _SWEEP_S)

    def answered(self, connection: "Connection") -> None:
        """Give the client time to read the answer, and to send another request. The connection does not wait yet."""
        self._deadlines[connection] = self._now() + self.limits.idle_s
        if self._sweeping is None:
            self._sweep_later()

    def _wait(self, connection: "Connection", seconds: float) -> None:
        """Close the connection after this time unless its client does something."""
        # The dictionary keeps the order of insertion, so the connection becomes the last one.
        self._deadlines.pop(connection, None)
        self._deadlines[connection] = self._now() + seconds
        if self._sweeping is None:
            self._sweep_later()

    def proceed(self, connection: "Connection") -> None:
        """Note that the connection does not wait for its client."""
        self._deadlines.pop(connection, None)

    def close_oldest(self) -> None:
        """Close the connection that has waited for its client the longest."""
        oldest = next(iter(self._deadlines), None)
        if oldest is None:
            return
        suppressed = self.lines.take("connections.full")
        if suppressed is not None:
            _log.warning("connections.full", connections=self._open, suppressed=suppressed)
        self._abort(oldest)

    def dismiss(self) -> None:
        """Close the connections whose clients have nothing more to do than to leave."""
        for connection in [each for each in self._deadlines if each.is_leaving]:
            self._abort(connection)

    def close(self) -> None:
        """Stop watching."""
        if self._sweeping:
            self._sweeping.cancel()

    def _sweep(self) -> None:
        now, self._sweeping = self._now(), None
        for connection in [each for each, deadline in self._deadlines.items() if deadline <= now]:
            self._abort(connection)
        if self._deadlines:
            self._sweep_later()

    def _sweep_later(self) -> None:
        self._sweeping = asyncio.get_running_loop().call_later(_SWEEP_S, self._sweep)

    def _abort(self, connection: "Connection") -> None:
        self.proceed(connection)
        connection.abort()


class Connection(web.RequestHandler):
    """A connection of a client. It reports to its guard, and answers broken requests without quoting them."""

    __slots__ = ("_guard", "_head_bytes", "_waits", "_wire")

    def __init__(self, guard: ConnectionGuard, server: web.Server, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            server,
            loop=loop,
            access_log_class=AccessLogger,
            keepalive_timeout=guard.limits.idle_s,
            lingering_time=LINGER_S,
            max_headers=MAX_HEADERS,
            read_bufsize=_READ_BUFFER_BYTES,
            auto_decompress=False,
        )
        self._guard = guard
        self._waits = _SEND_HEAD
        self._head_bytes = 0
        self._wire: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Register the connection."""
        super().connection_made(transport)
        self._wire = cast("asyncio.Transport", transport)
        self._guard.opened(self)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Remove the connection."""
        self._guard.closed(self)
        super().connection_lost(exc)

    @property
    def is_leaving(self) -> bool:
        """True if the last answer was sent."""
        return self._waits == _LEAVE and self._wire.get_write_buffer_size() == 0

    def abort(self) -> None:
        """Close the connection at once. aiohttp would first wait until the client has read everything."""
        self._wire.abort()

    def data_received(self, data: bytes) -> None:
        """Parse the data; refuse headers that are too large."""
        if self._waits == _SEND_HEAD:
            if self._head_bytes > MAX_HEAD_BYTES:
                self._refuse_head()
                return
            self._head_bytes += len(data)
        super().data_received(data)
        # aiohttp calls this without data to continue with what it has. Usually, the headers are complete at once.
        if self._waits == _CONTINUE and data and not self._messages:
            self._waits, self._head_bytes = _SEND_HEAD, len(data)
            self._guard.head_begins(self)

    def _refuse_head(self) -> None:
        self._wire.write(_HEAD_TOO_LARGE)
        self.force_close()

    def begin_request(self, body: StreamReader) -> None:
        """Note that the headers are complete."""
        if body.is_eof():
            self._waits = _NOTHING
            self._guard.proceed(self)
        else:
            self._waits = _SEND_BODY
            self._guard.body_begins(self)
            body.on_eof(self._end_body)

    def _end_body(self) -> None:
        if self._waits == _SEND_BODY:
            self._waits = _NOTHING
            self._guard.proceed(self)

    def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> Coroutine[Any, Any, tuple[web.StreamResponse, bool]]:
        """Send the response. If the body of the request is not complete, receive nothing more, and close."""
        if self._waits == _SEND_BODY:
            self._waits = _LEAVE
            resp.force_close()
            self._wire.pause_reading()
        else:
            self._waits = _CONTINUE
            self._guard.answered(self)
        return super().finish_response(request, resp, start_time)

    def resume_reading(self, resume_parser: bool = True) -> None:
        """Continue to receive, except from a client that has to leave."""
        if self._waits != _LEAVE:
            super().resume_reading(resume_parser)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer a request that did not reach the application, or whose response failed, without quoting anything."""
        del status, message
        # Other code than the parser fails for headers that are no text.
        is_malformed = isinstance(exc, HttpProcessingError | UnicodeError)
        self._log_once("http.request_malformed" if is_malformed else "http.request_failed", exc)
        if request.writer.output_size > 0:
            raise ConnectionError("a part of the response was sent already")
        response = (
            error_response(400, "The request is not valid HTTP.")
            if is_malformed
            else error_response(500, "An error occurred.")
        )
        response.force_close()
        return response

    def log_exception(self, *_: object, exc_info: BaseException | None = None, **__: object) -> None:
        """Log an error of aiohttp itself, without its text."""
        self._log_once("http.request_failed", exc_info)

    def _log_once(self, event: str, error: BaseException | None) -> None:
        kind = type(error).__name__
        suppressed = self._guard.lines.take((event, kind))
        if suppressed is None:
            return
        if event == "http.request_malformed":
            _log.warning(event, error=kind, suppressed=suppressed)
        else:
            _log.error(event, error=kind, suppressed=suppressed, exc_info=error)


def connection_factory(runner: web.BaseRunner, guard: ConnectionGuard) -> Callable[[], Connection]:
    """Return the protocol factory of a listening socket; the runner must be set up."""
    server = runner.server
    if server is None:
        raise RuntimeError("the runner is not set up")
    make_request = server.request_factory

    def begin_request(
        message: RawRequestMessage,
        payload: StreamReader,
        protocol: web.RequestHandler,
        writer: AbstractStreamWriter,
        task: "asyncio.Task[None]",
    ) -> web.BaseRequest:
        if isinstance(protocol, Connection):
            protocol.begin_request(payload)
        return make_request(message, payload, protocol, writer, task)

    server.request_factory = begin_request
    return partial(Connection, guard, server, asyncio.get_running_loop())
