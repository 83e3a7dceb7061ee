"""Receive the bodies of requests, within limits of size and time."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError


class Body:
    """The body of a request that is received in parts. Each method raises an HTTP error 400, 408, or 413."""

    def __init__(self, request: web.Request, *, max_bytes: int, within_s: float) -> None:
        """Refuse a body whose announced length is above `max_bytes`."""
        self._content = request.content
        self._max_bytes = max_bytes
        self._within_s = within_s
        self._received = bytearray()
        self._deadline: float | None = None
        self._require_size(request.content_length or 0)

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
        # Usually, the body arrived together with the headers, and needs no deadline.
        if self._content.is_eof():
            with _client_errors():
                self._received += self._content.read_nowait()
        else:
            await self._receive_in_time()
        self._require_size(len(self._received))

    async def _receive_in_time(self) -> None:
        loop = asyncio.get_running_loop()
        self._deadline = self._deadline or loop.time() + self._within_s
        try:
            async with asyncio.timeout_at(self._deadline):
                with _client_errors():
                    self._received += await self._content.readany()
        except TimeoutError:
            self._refuse_late_body()
        # A part that is already there is read without waiting: neither the deadline nor other tasks would get a turn.
        if loop.time() > self._deadline and not self.is_complete:
            self._refuse_late_body()
        await asyncio.sleep(0)

    def _refuse_late_body(self) -> NoReturn:
        reason = f"The body did not arrive within {self._within_s:g} seconds."
        raise web.HTTPRequestTimeout(reason=reason) from None

    def _require_size(self, size: int) -> None:
        if size > self._max_bytes:
            raise web.HTTPRequestEntityTooLarge(max_size=self._max_bytes, actual_size=size)


@contextmanager
def _client_errors() -> Iterator[None]:
    """Answer 400 if the client disconnected or the body is malformed. Details would quote the request."""
    try:
        yield
    except (ConnectionError, HttpProcessingError, web.RequestPayloadError, RuntimeError):
        # aiohttp raises RuntimeError for a connection that closed before the first read.
        raise web.HTTPBadRequest(reason="The body is incomplete or malformed.") from None


async def read_body(request: web.Request, *, max_bytes: int, within_s: float) -> bytes:
    """Return the body of the request; raise an HTTP error 400, 408, or 413, each with a reason."""
    body = Body(request, max_bytes=max_bytes, within_s=within_s)
    while not body.is_complete:
        await body.receive()
    return body.content()
