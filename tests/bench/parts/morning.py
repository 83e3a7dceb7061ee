"""The end of quiet hours in many chats: held changes are posted at the tenant's limit, and the rest overtakes them."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import product
from urllib.parse import unquote

from aiohttp import ClientSession

from bot.domain.key_fields import ReportedValue
from bot.domain.notifications.decide import Outcome, Reason
from bot.domain.notifications.history import DecidedColumn, NewDecision
from bot.domain.rate_windows import TENANT_WINDOW
from bot.domain.record_links import parse_environment
from bot.domain.values import ChatId, ConnectionId, NewConnection, ObjectId, RecordRef
from bot.store.unit_of_work import Store
from tests.bench.bars import Row, percentile
from tests.bench.bench import WEBHOOK_KEY, Bench, Report
from tests.bench.child import Child, ask, module, running
from tests.bench.kept import add_chats, open_store
from tests.bench.paced import call_at_rate
from tests.bench.parts.events import case_event, somebody
from tests.bench.parts.inbound import cases
from tests.bench.samples import chat_id, message

_RECORDS, _CHANGES = 5, 2
"""Records of a chat, and held changes of each."""
_BLOCK = 500
_DUE_IN = timedelta(seconds=20)
_URGENT = 10
"""Chats that also get cards at once. They are the last ones to get their held changes."""
_ANSWERED = 10
_PER_S = 0.5
_WINDOW_S = 0.1
LIMIT_PER_S = TENANT_WINDOW.posts / TENANT_WINDOW.span.total_seconds()


def morning(bench: Bench) -> Report:
    """Run once: these are times, and a share of the limit."""
    chats, url = bench.scaled(10_000, 1500), bench.sqlite()
    bench.set_world()
    due_at = asyncio.run(_fill(bench, url, chats))
    settings = bench.settings(url, CHATSYNC_COALESCE_S=str(_WINDOW_S), CHATSYNC_LOG_LEVEL="WARNING")
    # All chats have the same few records: the search after a start would read them for each chat.
    with running(module("sides.ours", "--ticker", "--without-search"), bench.folder, settings) as child:
        return asyncio.run(_measured(bench, child, chats, due_at))


async def _measured(bench: Bench, child: Child, chats: int, due_at: datetime) -> Report:
    await asyncio.sleep(max(0.0, (due_at - datetime.now(UTC)).total_seconds() - 1))
    stalls: list[float] = []
    watching = asyncio.create_task(_watch(child, stalls))
    before, began = child.cpu_s(), time.monotonic()
    seconds = chats / LIMIT_PER_S
    told, answers = await asyncio.gather(
        _tell(bench, child, chats, count=int(seconds * _PER_S)),
        _ask(bench, child, chats, count=int(seconds * _PER_S)),
    )
    while len({unquote(each) for _, each in bench.times()}) < chats + _ANSWERED:
        await asyncio.sleep(0.5)
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
    cpu = 100 * (child.cpu_s() - before) / (time.monotonic() - began)
    arrived = _arrived(bench)
    urgent = _delays(told, arrived)
    first, last = _span([min(arrived[chat_id(chat)]) for chat in range(chats - _URGENT)])
    times = sorted(at for each in arrived.values() for at in each if first <= at <= last)
    use = len(times) / (last - first) / LIMIT_PER_S
    rows = [
        Row("21 use", use, f"{len(times)} posts in {last - first:.0f} s, {cpu:.0f} % of a core"),
        Row("21 urgent", 1000 * (percentile(urgent, 0.95) - _WINDOW_S)),
        Row("21 answers", 1000 * percentile(answers, 0.95)),
        Row("21 stall", max(stalls)),
    ]
    return Report(rows=rows)


async def _fill(bench: Bench, url: str, chats: int) -> datetime:
    """Store the chats, their connections, and held changes, and return when these are due."""
    records = cases(bench)
    async with open_store(url) as (store, engines):
        await add_chats(engines, chats + _ANSWERED, bench.plain_url)
        for first in range(0, chats, _BLOCK):
            await _connect(bench, store, range(first, min(first + _BLOCK, chats)), records[:_RECORDS])
        await _connect(bench, store, range(chats - _URGENT, chats), records[_RECORDS : _RECORDS + 1])
        connections = range(1, chats * _RECORDS + 1)
        due_at = datetime.now(UTC) + timedelta(seconds=chats / 500) + _DUE_IN
        for first in range(0, len(connections), _BLOCK):
            await _hold(store, connections[first : first + _BLOCK], due_at)
    return due_at


async def _connect(bench: Bench, store: Store, chats: Sequence[int], records: Sequence[str]) -> None:
    environment = parse_environment(bench.dataverse_url).id
    async with store.writing() as work:
        for chat, row in product(chats, records):
            connection = NewConnection(
                chat_id=ChatId(chat_id(chat)),
                record=RecordRef(environment=environment, table="incident", row_id=row),
                record_name="Pump",
                record_number=None,
                connector_id=ObjectId("c"),
                connector_name="Adele Vance",
                connected_at=datetime.now(UTC) - timedelta(days=1),
            )
            await work.connections.add(connection)


async def _hold(store: Store, connections: Sequence[int], due_at: datetime) -> None:
    at = datetime.now(UTC) - timedelta(hours=1)
    known = ReportedValue(raw=9, text="Unknown", at=at - timedelta(hours=1))
    async with store.writing() as work:
        await work.reported_values.save({(ConnectionId(each), "prioritycode"): known for each in connections})
        await work.decisions.add(list(_held(connections, at, due_at)))


def _held(connections: Sequence[int], at: datetime, due_at: datetime) -> Iterator[NewDecision]:
    for each, _ in product(connections, range(_CHANGES)):
        yield NewDecision(
            connection=ConnectionId(each),
            chat=ChatId(chat_id((each - 1) // _RECORDS)),
            at=at,
            outcome=Outcome.HELD,
            reason=Reason.QUIET_HOURS,
            columns=(DecidedColumn(name="prioritycode"),),
            due_at=due_at,
        )


async def _watch(child: Child, stalls: list[float]) -> None:
    await asyncio.to_thread(ask, child.port, "GET", "/_stall")
    while True:
        await asyncio.sleep(1)
        _, longest = await asyncio.to_thread(ask, child.port, "GET", "/_stall")
        stalls.append(float(longest))


async def _tell(bench: Bench, child: Child, chats: int, *, count: int) -> dict[str, list[float]]:
    """Send events of a record whose chats hold changes of other records; return their times by chat."""
    record, user = cases(bench)[_RECORDS], await asyncio.to_thread(somebody, bench)
    url = f"http://127.0.0.1:{child.port}/api/dataverse/events?code={WEBHOOK_KEY}"
    began: dict[str, list[float]] = defaultdict(list)
    async with ClientSession() as session:

        async def tell(number: int) -> None:
            for chat in range(chats - _URGENT, chats):
                began[chat_id(chat)].append(time.monotonic())
            async with session.post(url, json=case_event(record, 1 + number % 2, user)) as answer:
                if answer.status != 202:
                    raise RuntimeError(f"{answer.status} {await answer.text()}\n{child.last_words()}")

        # Ten chats get a card for each event.
        await call_at_rate(tell, per_s=_PER_S / _URGENT, count=count // _URGENT)
    return began


async def _ask(bench: Bench, child: Child, chats: int, *, count: int) -> list[float]:
    """Ask for help in other chats; return the seconds until the answers are in the chat."""
    url = f"http://127.0.0.1:{child.port}/api/messages"
    async with ClientSession() as session:

        async def ask_help(number: int) -> None:
            body = message(bench.plain_url, chats + number % _ANSWERED)
            async with session.post(url, json=body) as answer:
                if answer.status != 201:
                    raise RuntimeError(f"{answer.status} {await answer.text()}\n{child.last_words()}")

        return await call_at_rate(ask_help, per_s=_PER_S, count=max(count, _ANSWERED))


def _span(times: Sequence[float]) -> tuple[float, float]:
    return min(times), max(times)


def _arrived(bench: Bench) -> dict[str, list[float]]:
    arrived: dict[str, list[float]] = defaultdict(list)
    for at, conversation in bench.times():
        arrived[unquote(conversation)].append(at)
    return arrived


def _delays(told: dict[str, list[float]], arrived: dict[str, list[float]]) -> list[float]:
    """Return the seconds from each event to the next card in the chat."""
    return [
        min(at for at in arrived[chat] if at >= began + _WINDOW_S) - began
        for chat, times in told.items()
        for began in times
    ]
