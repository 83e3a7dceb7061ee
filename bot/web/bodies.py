"""Receive the bodies of requests, within limits of size and time."""

import asyncio
from typing import NoReturn

from aiohttp import hdrs, web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.streams import StreamReader

# The client disconnected, or the parts of the body are malformed. aiohttp raises RuntimeError for a connection that
# closed before the first read.
_CLIENT_ERRORS = (ConnectionError, HttpProcessingError, web.RequestPayloadError, RuntimeError)


class Body:
    """The body of a request that is received in parts. Each method raises an HTTP error 400, 408, or 413."""

    def __init__(self, request: web.Request, *, max_bytes: int, within_s: float) -> None:
        """Refuse a body whose announced length is above `max_bytes`."""
        self._content = request.content
        self._max_bytes = max_bytes
        self._within_s = within_s
        self._received = bytearray()
        self._deadline: float | None = None
        _require_size(request.content_length or 0, max_bytes)

    @property
    def is_complete(self) -> bool:
        """True if nothing is left to receive."""
        return self._content.at_eof()

    @property
    def size(self) -> int:
        """Number of bytes that were received so far."""
        return len(self._received)

    def content(self) -> bytes:
        """Return what was received so far."""
        return bytes(self._received)

    async def receive(self) -> None:
        """Wait for the next part of the body."""
        try:
            self._received += await self._next_part()
        except _CLIENT_ERRORS:
            raise _malformed() from None
        _require_size(len(self._received), self._max_bytes)

    async def _next_part(self) -> bytes:
        loop = asyncio.get_running_loop()
        self._deadline = self._deadline or loop.time() + self._within_s
        try:
            async with asyncio.timeout_at(self._deadline):
                part = await self._content.readany()
        except TimeoutError:
            self._refuse_late_body()
        # A part that is already there is read without waiting: neither the deadline nor other tasks would get a turn.
        if loop.time() > self._deadline and not self.is_complete:
            self._refuse_late_body()
        await asyncio.sleep(0)
        return part

    def _refuse_late_body(self) -> NoReturn:
        reason = f"The body did not arrive within {self._within_s:g} seconds."
        raise web.HTTPRequestTimeout(reason=reason) from None


def require_plain_body(request: web.Request) -> None:
    """Raise an HTTP error 415 for a compressed body: a few bytes could expand to megabytes, and no sender needs it."""
    encoding = request.headers.get(hdrs.CONTENT_ENCODING)
    if encoding and encoding.lower() != "identity":
        raise web.HTTPUnsupportedMediaType(reason="Send the body without Content-Encoding.")


async def read_body(request: web.Request, *, max_bytes: int, within_s: float) -> bytes:
    """Return the body of the request; raise an HTTP error 400, 408, or 413, each with a reason."""
    if request.content.is_eof():
        return _whole_body(request.content, max_bytes)
    body = Body(request, max_bytes=max_bytes, within_s=within_s)
    while not body.is_complete:
        await body.receive()
    return body.content()


def _whole_body(content: StreamReader, max_bytes: int) -> bytes:
    """Return a body that arrived together with the headers: the usual case, without waiting and copying."""
    try:
        body = content.read_nowait()
    except _CLIENT_ERRORS:
        raise _malformed() from None
    _require_size(len(body), max_bytes)
    return body


def _require_size(size: int, max_bytes: int) -> None:
    if size > max_bytes:
        raise web.HTTPRequestEntityTooLarge(max_size=max_bytes, actual_size=size)


def _malformed() -> web.HTTPBadRequest:
    """Return the error for a body that the client does not finish. Details would quote the request."""
    return web.HTTPBadRequest(reason="The body is incomplete or malformed.")
