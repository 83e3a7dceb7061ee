"""Chats with constant activity, and the rows that show them in Dataverse."""

import asyncio
import re
import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bot.clock import SystemClock
from bot.config.settings import Settings
from bot.domain.chat_sync import ActivityRow, RowState, SyncedRow
from bot.domain.limits import Limits
from bot.domain.queue_states import Queue
from bot.domain.values import Chat, ChatId, ChatKind, NewConnection, ObjectId, RecordRef, UserId
from bot.wiring.services import Runtime, build_runtime, close, migrate_and_load
from bot.wiring.workers import SYNC_CONCURRENCY
from bot.workers.chat_sync import SyncHandler
from bot.workers.worker import Worker
from tests.bench.bars import Row
from tests.bench.bench import Bench, Report

_CHATS = 500
_PER_S = 1_000
_WRITER = ObjectId("00000000-0000-0000-0000-000000000020")
_USER = UserId("00000000-0000-4000-8000-000000000020")

Writes = Mapping[str, Sequence[float]]


def sync(bench: Bench) -> Report:
    """Run once: these are counts, and the cost of a call."""
    return asyncio.run(_measured(bench.scaled(_CHATS, 20), bench.scaled(30, 3)))


async def _measured(chats: int, seconds: int) -> Report:
    heard: list[tuple[float, str, str]] = []
    with TemporaryDirectory() as place:
        async with _dataverse(heard) as url, _running(url, Path(place)) as runtime:
            named = await _filled(runtime, chats)
            turn_us, last = await _talked(runtime, named, seconds)
            await asyncio.sleep(chats / 10)
            late = await _late(runtime, named, last)
    moments = sorted(at for at, _, _ in heard)
    most = max((bisect_right(moments, at + 1) - number for number, at in enumerate(moments)), default=0)
    writes = _writes(heard)
    gap = min((after - before for each in writes.values() for before, after in pairwise(each)), default=0.0)
    rows = [Row("sync turn", turn_us), Row("sync requests", most), Row("sync late", late), Row("sync gap", gap)]
    return Report(rows=rows, figures=[f"{len(moments)} requests, {len(writes)} rows written"])


async def _talked(runtime: Runtime, chats: Sequence[ChatId], seconds: int) -> tuple[float, datetime]:
    """Return the microseconds that a turn spends on it, and the time of the last message."""
    spent, count, last = 0.0, 0, datetime.now(UTC)
    for _ in range(seconds * 10):
        begun = time.perf_counter()
        last = datetime.now(UTC)
        for number in range(_PER_S // 10):
            runtime.activity_recorder.record_message(chats[(count + number) % len(chats)], _WRITER, last)
        count += _PER_S // 10
        spent += time.perf_counter() - begun
        await asyncio.sleep(max(0.0, 0.1 - (time.perf_counter() - begun)))
    last = datetime.now(UTC)
    for chat in chats:
        runtime.activity_recorder.record_message(chat, _WRITER, last)
    return 1_000_000 * spent / count, last


async def _late(runtime: Runtime, chats: Sequence[ChatId], last: datetime) -> int:
    """Return the number of rows that do not show the last message."""
    wanted = last.replace(microsecond=0)
    async with runtime.services.store.reading() as work:
        found = await work.chat_sync.active_connections(chats)
    return sum(each.synced.row is None or each.synced.row.modified_on != wanted for each in found)


def _writes(heard: Sequence[tuple[float, str, str]]) -> Writes:
    found = defaultdict(list)
    for at, method, path in heard:
        if method == "PATCH":
            found[re.findall(r"chats\((.*?)\)", path)[0]].append(at)
    return found


@asynccontextmanager
async def _dataverse(heard: list[tuple[float, str, str]]) -> AsyncIterator[str]:
    """Accept every change of a row at once."""

    async def take(request: web.Request) -> web.Response:
        heard.append((time.monotonic(), request.method, request.path))
        return web.json_response({"statecode": 0, "@odata.etag": f'W/"{len(heard)}"'})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", take)
    async with TestServer(app) as server:
        yield f"http://127.0.0.1:{server.port}/sandbox"


@asynccontextmanager
async def _running(url: str, place: Path) -> AsyncIterator[Runtime]:
    settings = Settings(
        dataverse_urls=(url,),
        database_url=f"sqlite+aiosqlite:///{place}/bench.db",
        webhook_key=SecretStr("of-the-bench"),
    )
    runtime = await build_runtime(settings, SystemClock(), Limits(concurrency=SYNC_CONCURRENCY))
    await migrate_and_load(runtime)
    services, wake = runtime.services, runtime.event_hub.wakeups[Queue.SYNC]
    worker = Worker(
        Queue.SYNC,
        SyncHandler(services),
        store=services.store,
        clock=services.clock,
        wake=wake,
        limits=services.limits,
    )
    tasks = [asyncio.create_task(each) for each in (runtime.activity_recorder.run(), worker.run())]
    yield runtime
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    await close(runtime)


async def _filled(runtime: Runtime, count: int) -> Sequence[ChatId]:
    chats = [ChatId(f"19:{number:05}@thread.v2") for number in range(count)]
    now = runtime.services.clock.now()
    row = ActivityRow(state=RowState.OPEN, version='W/"0"', members=frozenset({_USER}))
    async with runtime.services.store.writing() as work:
        for number, chat in enumerate(chats):
            await work.chats.save(_chat(chat))
            made = await work.connections.add(_connection(runtime, chat, number, now))
            assert made
            activity = SyncedRow(
                activity_id=f"00000000-0000-4000-9000-{number:012}",
                created_by=_WRITER,
                last_activity_at=now,
                row=row,
                users={_WRITER: _USER},
            )
            await work.chat_sync.start(made.id, activity)
    return chats


def _chat(chat: ChatId) -> Chat:
    return Chat(
        id=chat, kind=ChatKind.GROUP, channel="msteams", tenant_id="", service_url="", bot_id="28:b", bot_name="Bot"
    )


def _connection(runtime: Runtime, chat: ChatId, number: int, now: datetime) -> NewConnection:
    (environment,) = (each.id for each in runtime.services.links.environments)
    record = RecordRef(environment=environment, table="incident", row_id=f"{number:08}-0000-4000-8000-000000000000")
    return NewConnection(
        chat_id=chat,
        record=record,
        record_name="A case",
        record_number=None,
        connector_id=_WRITER,
        connector_name="Alex Wilber",
        connected_at=now,
    )
