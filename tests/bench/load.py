"""The load: concurrent callers, each of which calls again after each answer."""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.bench.bars import percentile
from tests.bench.child import Child

CALLERS = 16


@dataclass
class Load:
    """The result of a load."""

    expected: bytes
    """Bytes that every response must contain: a bot that fails fast is not fast."""
    latencies: list[float] = field(default_factory=list)
    bad: int = 0
    sample: bytes = b""
    """An unexpected response."""
    seconds: float = 0

    @property
    def rate(self) -> float:
        """Return the requests per second."""
        return len(self.latencies) / self.seconds

    def ms(self, part: float) -> float:
        """Return a percentile of the latencies in milliseconds."""
        return 1000 * percentile(self.latencies, part)


class _Caller(asyncio.Protocol):
    def __init__(self, load: Load, requests: Sequence[bytes], until: float, ended: asyncio.Future[None]) -> None:
        self._load, self._requests, self._until, self._ended = load, requests, until, ended
        self._next = 0
        self._buffer = b""
        self._sent = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._call()

    def connection_lost(self, _error: Exception | None) -> None:
        if not self._ended.done():
            self._load.bad += 1
            self._ended.set_result(None)

    def _call(self) -> None:
        assert self._transport
        self._sent = time.perf_counter()
        self._transport.write(self._requests[self._next])
        self._next = (self._next + 1) % len(self._requests)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0 or len(self._buffer) < end + 4 + _length(self._buffer[:end]):
            return
        self._answered(time.perf_counter())

    def _answered(self, now: float) -> None:
        self._load.latencies.append(now - self._sent)
        if self._buffer[9:10] != b"2" or self._load.expected not in self._buffer:
            self._load.bad += 1
            self._load.sample = self._buffer
        self._buffer = b""
        if now < self._until:
            self._call()
            return
        self._ended.set_result(None)
        assert self._transport
        self._transport.close()


def _length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"\r\ncontent-length:")
    return int(rest.partition(b"\r\n")[0]) if found else 0


def request(path: str, body: object, authorization: str = "") -> bytes:
    """Return a POST as bytes for the connection."""
    content = json.dumps(body).encode()
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json"]
    lines += [f"Content-Length: {len(content)}", *([f"Authorization: {authorization}"] if authorization else [])]
    return "\r\n".join([*lines, "", ""]).encode() + content


def apply_load(
    child: Child, requests: Sequence[bytes], *, seconds: float, expected: bytes, callers: int = CALLERS
) -> Load:
    """Apply load for this time, each caller starting with another request; raise RuntimeError for wrong answers."""
    load = Load(expected)
    asyncio.run(_run(load, child.port, requests, seconds, callers))
    if load.bad:
        wrong = f"{load.bad} of {len(load.latencies)} answers are wrong, such as {load.sample[:1000]!r}"
        raise RuntimeError(f"{child.last_words()}\n{wrong}")
    return load


async def _run(load: Load, port: int, requests: Sequence[bytes], seconds: float, callers: int) -> None:
    loop, began = asyncio.get_running_loop(), time.perf_counter()
    ends: list[asyncio.Future[None]] = []
    for number in range(callers):
        ends.append(loop.create_future())
        first = number * len(requests) // callers
        own = [*requests[first:], *requests[:first]]
        made = _Caller(load, own, began + seconds, ends[-1])
        await loop.create_connection(lambda made=made: made, "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.gather(*ends)
    load.seconds = time.perf_counter() - began
