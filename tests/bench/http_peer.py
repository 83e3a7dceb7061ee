"""A server with the least overhead that Python allows, so that it never limits a measurement."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

JSON = "application/json"


class Answer(Protocol):
    """Sends the response."""

    def __call__(self, status: int, body: bytes, content_type: str = JSON, /) -> None:
        """Send a status, and a body of this type."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request. `head` is in lowercase except for the path."""

    method: bytes
    path: bytes
    head: bytes
    body: bytes
    connection: object

    def header(self, name: bytes) -> bytes:
        """Return a header by its lowercase name; empty if it is missing."""
        _, found, rest = self.head.partition(b"\r\n" + name + b":")
        return rest.partition(b"\r\n")[0].strip() if found else b""


Handle = Callable[[HttpRequest, Answer], None]


class Peer(asyncio.Protocol):
    """HTTP/1.1 with Content-Length, one request after the other on a connection."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self._transport: asyncio.Transport | None = None
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the connection."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Handle every complete request."""
        self._buffer += data
        while True:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            first, _, headers = self._buffer[:end].partition(b"\r\n")
            method, path, _ = first.split(b" ", 2)
            asked = HttpRequest(method, path, b"\r\n" + headers.lower(), b"", self)
            until = end + 4 + int(asked.header(b"content-length") or 0)
            if len(self._buffer) < until:
                return
            whole = HttpRequest(method, path, asked.head, self._buffer[end + 4 : until], self)
            self._buffer = self._buffer[until:]
            self._handle(whole, self._answer)

    def _answer(self, status: int, body: bytes, content_type: str = JSON, /) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        kind, size = content_type.encode(), len(body)
        head = b"HTTP/1.1 %d X\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n" % (status, kind, size)
        self._transport.write(head + body)
