"""Connections: nobody can hold them, and the next client is always accepted."""

import asyncio
import errno
import os
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace

import orjson
import pytest

from bot.domain.limits import HttpLimits
from bot.web import server
from bot.web.connections import MAX_HEAD_BYTES
from tests.dataverse.samples import context
from tests.patience import PATIENCE_S
from tests.steps.changes import CHANGES
from tests.steps.raw_http import JSON, RawConnection, connection, exchange, head, post
from tests.wire.world import CLIENT_STATE, EVENTS, GROUP, MESSAGES, UNPACED, WEBHOOK_KEY, World, texts

pytestmark = pytest.mark.one_database

SOON_S = 0.5
HEALTH = head("/healthz", method=b"GET")
BEGUN = head(EVENTS, JSON, b"Content-Length: 1000", b"x-chatsync-key: " + WEBHOOK_KEY.encode())


class Opened:
    """The bot, and the connections to it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._stack = AsyncExitStack()

    async def start(self, limits: HttpLimits | None = None) -> None:
        """Start the bot with these limits of its HTTP server."""
        self.world.limits = replace(UNPACED, http=limits or HttpLimits())
        await self.world.start()

    async def open(self, data: bytes = b"") -> RawConnection:
        """Open a connection, and send the beginning of a request."""
        opened = await self._stack.enter_async_context(connection(self.world.settings.port))
        opened.send(data)
        return opened

    async def is_healthy(self) -> bool:
        """Check that the bot accepts and answers a new client."""
        return (await exchange(self.world.settings.port, HEALTH)).status == 200

    async def close(self) -> None:
        await self._stack.aclose()
        await self.world.stop()


@pytest.fixture
async def opened(bare_world: World) -> AsyncIterator[Opened]:
    made = Opened(bare_world)
    yield made
    await made.close()


BEGINNINGS = {
    "nothing": b"",
    "half of a line": b"POST /api/mess",
    "half of the headers": HEALTH[:-2],
}


@pytest.mark.parametrize("beginning", BEGINNINGS.values(), ids=BEGINNINGS)
async def test_a_client_that_does_not_send_its_headers_is_disconnected(opened: Opened, beginning: bytes) -> None:
    await opened.start(HttpLimits(head_within_s=SOON_S))
    assert await (await opened.open(beginning)).is_closed()
    assert await opened.is_healthy()


async def test_a_client_that_sends_its_headers_byte_by_byte_is_disconnected(opened: Opened) -> None:
    await opened.start(HttpLimits(head_within_s=SOON_S))
    slow = await opened.open()
    sent = 0
    async with asyncio.timeout(PATIENCE_S):
        while slow.looks_open:
            slow.send(b"x" if sent else b"GET /")
            sent += 1
            await asyncio.sleep(SOON_S / 10)
    assert sent > 1


async def test_headers_of_a_second_request_have_the_same_time(opened: Opened) -> None:
    await opened.start(HttpLimits(head_within_s=SOON_S))
    client = await opened.open(HEALTH)
    assert (await client.answer()).status == 200
    await asyncio.sleep(3 * SOON_S)
    assert client.looks_open
    client.send(HEALTH)
    assert (await client.answer()).status == 200
    client.send(HEALTH[:10])
    assert await client.is_closed()


async def test_an_idle_connection_is_closed_after_its_time(opened: Opened) -> None:
    await opened.start(HttpLimits(idle_s=SOON_S))
    client = await opened.open(HEALTH)
    assert (await client.answer()).status == 200
    assert await client.is_closed()


@pytest.mark.parametrize("path", [MESSAGES, EVENTS, CHANGES, "/sandbox/api/data/v9.2/incidents"])
async def test_a_body_that_does_not_arrive_in_time_is_refused(bare_world: World, path: str) -> None:
    opened = Opened(bare_world)
    if path.startswith("/sandbox"):
        bare_world.settings = bare_world.settings.model_copy(update={"dataverse_urls": (), "sandbox_file": ""})
    await opened.start(HttpLimits(body_within_s=SOON_S))
    known = b"x-chatsync-key: " + WEBHOOK_KEY.encode()
    slow = await opened.open(head(path, JSON, b"Content-Length: 1000", known))
    if not path.startswith("/sandbox"):
        answer = await slow.answer()
        assert (answer.status, b"did not arrive within" in answer.body) == (408, True)
        assert b"Connection: close" in answer.head
    assert await slow.is_closed()
    await opened.close()


@pytest.mark.parametrize("chunked", [True, False])
async def test_a_body_of_one_byte_at_a_time_is_refused(opened: Opened, chunked: bool) -> None:
    await opened.start(HttpLimits(body_within_s=SOON_S))
    size = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: 1000"
    slow = await opened.open(head(MESSAGES, JSON, size))
    answer = asyncio.create_task(slow.answer())
    async with asyncio.timeout(PATIENCE_S):
        while not answer.done():
            slow.send(b"1\r\n \r\n" if chunked else b" ")
            await asyncio.sleep(SOON_S / 10)
    assert answer.result().status == 408


async def test_a_body_that_arrives_slowly_but_in_time_is_taken(opened: Opened) -> None:
    await opened.start()
    event = orjson.dumps(context({"a": 1}))
    begun = head(EVENTS, JSON, b"Content-Length: %d" % len(event), b"x-chatsync-key: " + WEBHOOK_KEY.encode())
    slow = await opened.open(begun)
    for place in range(0, len(event), 200):
        slow.send(event[place : place + 200])
        await asyncio.sleep(0.01)
    assert (await slow.answer()).status == 200


async def test_a_client_that_does_not_read_its_answers_is_disconnected(opened: Opened) -> None:
    await opened.start(HttpLimits(idle_s=SOON_S))
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.connect(("127.0.0.1", opened.world.settings.port))
    _, writer = await asyncio.open_connection(sock=raw, limit=1)
    with pytest.raises(ConnectionError):
        await ask_without_end(writer)
    writer.transport.abort()
    assert await opened.is_healthy()


async def ask_without_end(writer: asyncio.StreamWriter) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            writer.write(head(f"{CHANGES}?validationToken={'x' * 4_000}") * 8)
            await writer.drain()


MANY = 50


@pytest.mark.parametrize("beginning", [b"", HEALTH[:-2], BEGUN, HEALTH], ids=["idle", "headers", "body", "answered"])
async def test_if_connections_are_full_the_oldest_without_a_request_is_closed(opened: Opened, beginning: bytes) -> None:
    await opened.start(HttpLimits(connections=MANY))
    others = [await opened.open(beginning) for _ in range(MANY)]
    await asyncio.sleep(0.1)
    assert all(each.looks_open for each in others)
    first, second, *rest = others
    newest = await opened.open(HEALTH)
    assert (await newest.answer()).status == 200
    assert await first.is_closed()
    assert second.looks_open
    assert all(each.looks_open for each in rest)
    for _ in range(3 * MANY):
        assert await opened.is_healthy()


async def test_a_flood_of_connections_never_locks_out_the_next_client(
    opened: Opened, capfd: pytest.CaptureFixture[str]
) -> None:
    await opened.start(HttpLimits(connections=MANY))
    for number in range(4 * MANY):
        await opened.open((b"", HEALTH[:-2], BEGUN)[number % 3])
        if number % 20 == 0:
            assert await opened.is_healthy()
    assert await opened.is_healthy()
    written = capfd.readouterr().out
    assert written.count("connections.full") == 1


async def test_a_request_that_is_being_answered_is_never_closed_for_others(world: World) -> None:
    world.limits = replace(world.limits, http=HttpLimits(connections=MANY))
    await world.restart()
    opened = Opened(world)
    world.dataverse_hangs = True
    at = {"type": "mention", "mentioned": {"id": "28:chat-sync"}, "text": "<at>Chat Sync</at>"}
    asked = world.activity(type="message", text="<at>Chat Sync</at> connect CAS-01001", entities=[at])
    asking = await opened.open(post(MESSAGES, orjson.dumps(asked)))
    await world.until(lambda: world.dataverse_was_asked)
    for _ in range(3 * MANY):
        await opened.open()
    world.let_dataverse_answer()
    assert (await asking.answer()).status == 201
    await world.settle()
    assert texts(world.card(GROUP))
    await opened._stack.aclose()


async def test_headers_have_a_maximum_size_together(opened: Opened) -> None:
    await opened.start()
    line = b"x-a: " + b"x" * 8_000
    greedy = await opened.open(b"\r\n".join((b"GET / HTTP/1.1", b"Host: localhost", *[line] * 20)))
    sent = 0
    async with asyncio.timeout(PATIENCE_S):
        while greedy.looks_open:
            greedy.send(b"\r\n" + line)
            sent += 1
            await asyncio.sleep(0.001)
    assert sent * len(line) < 100 * MAX_HEAD_BYTES


async def test_many_requests_in_one_packet_are_answered_one_by_one(opened: Opened) -> None:
    await opened.start()
    client = await opened.open(HEALTH * 100)
    assert [(await client.answer()).status for _ in range(100)] == [200] * 100


async def test_while_the_process_cannot_open_files_the_oldest_connection_is_closed_and_one_line_is_logged(
    opened: Opened, capfd: pytest.CaptureFixture[str]
) -> None:
    await opened.start()
    idle, newer = await opened.open(), await opened.open()
    await asyncio.sleep(0.1)
    loop = asyncio.get_running_loop()
    for number in range(1_000):
        error = OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        context = {"message": "socket.accept() out of system resource", "exception": error, "socket": number}
        if number == 0:
            loop.call_exception_handler(context)
            assert await idle.is_closed()
            assert newer.looks_open
        loop.call_exception_handler(context)
    assert capfd.readouterr().out.count("event_loop.error") == 1


def test_some_files_are_left_for_the_database_and_for_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = HttpLimits()
    for files, connections in ((100, 50), (512, 256), (1_024, 768), (1_048_576, 1_000)):
        monkeypatch.setattr(server, "getrlimit", lambda _, files=files: (files, files))
        assert server.max_connections(limits) == connections
    monkeypatch.setattr(server, "getrlimit", None)
    assert server.max_connections(limits) == limits.connections


async def test_a_large_notification_that_is_vouched_for_waits_for_its_room(opened: Opened) -> None:
    await opened.start(HttpLimits(body_within_s=2))
    vouched = b'{"clientState": "' + CLIENT_STATE.encode() + b'", "value": [], "more": "'
    begun = head(CHANGES, JSON, b"Content-Length: 7000000") + vouched + b"x" * 200_000
    holding = [await opened.open(begun) for _ in range(2)]
    await asyncio.sleep(0.1)
    whole = vouched + b"x" * 200_000 + b'"}'
    assert (await exchange(opened.world.settings.port, post(CHANGES, whole))).status == 202
    assert [(await each.answer()).status for each in holding] == [408, 408]
