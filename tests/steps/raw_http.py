"""Requests as bytes, including those that no client library sends."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.patience import PATIENCE_S

HOST = b"Host: 127.0.0.1"
JSON = b"Content-Type: application/json"


@dataclass(frozen=True)
class RawAnswer:
    """The answer to a raw request: status 0 if the connection was closed without one."""

    status: int
    head: bytes = b""
    body: bytes = b""

    @property
    def whole(self) -> bytes:
        return self.head + self.body


class RawConnection:
    """A TCP connection to the bot."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    def send(self, data: bytes) -> None:
        """Send bytes; ignore that the server may have closed."""
        if not self.writer.is_closing():
            self.writer.write(data)

    async def answer(self) -> RawAnswer:
        """Receive the next answer."""
        async with asyncio.timeout(PATIENCE_S):
            try:
                head = await self.reader.readuntil(b"\r\n\r\n")
                while head.startswith(b"HTTP/1.1 100"):
                    head = await self.reader.readuntil(b"\r\n\r\n")
                size = _length(head)
                body = await (self.reader.read() if size is None else self.reader.readexactly(size))
            except (asyncio.IncompleteReadError, ConnectionError):
                return RawAnswer(0)
        return RawAnswer(int(head.split(b" ", 2)[1]), head, body)

    async def is_closed(self) -> bool:
        """Wait until the server closes the connection; skip what it sends before."""
        async with asyncio.timeout(PATIENCE_S):
            try:
                while await self.reader.read(65_536):
                    pass
            except ConnectionError:
                pass
        return True

    @property
    def looks_open(self) -> bool:
        """True if the server has not closed the connection yet."""
        return not self.reader.at_eof() and self.reader.exception() is None


@asynccontextmanager
async def connection(port: int) -> AsyncIterator[RawConnection]:
    """Open a connection for the block."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield RawConnection(reader, writer)
    finally:
        writer.transport.abort()


async def exchange(port: int, data: bytes) -> RawAnswer:
    """Send the bytes on a connection of their own, and return the first answer."""
    async with connection(port) as opened:
        opened.send(data)
        return await opened.answer()


def head(path: str | bytes, *headers: bytes, method: bytes = b"POST") -> bytes:
    """Return the headers of a request."""
    raw = path.encode() if isinstance(path, str) else path
    return b"\r\n".join((method + b" " + raw + b" HTTP/1.1", HOST, *headers, b"", b""))


def post(path: str | bytes, body: bytes, *headers: bytes) -> bytes:
    """Return a complete POST of JSON."""
    return head(path, JSON, b"Content-Length: %d" % len(body), *headers) + body


def chunked(path: str | bytes, chunks: Iterable[bytes], *headers: bytes) -> bytes:
    """Return a POST of JSON in chunks."""
    parts = b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in chunks)
    return head(path, JSON, b"Transfer-Encoding: chunked", *headers) + parts + b"0\r\n\r\n"


def _length(answer_head: bytes) -> int | None:
    _, found, rest = answer_head.lower().partition(b"\r\ncontent-length:")
    return int(rest.partition(b"\r\n")[0]) if found else None
