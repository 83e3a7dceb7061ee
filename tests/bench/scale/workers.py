"""Throughput of durable cards and of events with one to three workers on PostgreSQL."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import count
from statistics import median

from bot.domain.key_fields import ColumnChange, RecordEvent
from bot.domain.record_links import parse_environment
from bot.domain.tables import ColumnValue
from bot.domain.values import RecordRef, UserId
from bot.store.unit_of_work import Store
from tests.bench.bench import Bench
from tests.bench.child import CORES, Child, module, started
from tests.bench.kept import messages, open_store, until_acknowledged
from tests.bench.parts.events import connect, somebody
from tests.bench.parts.post_room import UNLIMITED
from tests.bench.scale.cost import create_cases

MOST = 3
_numbers = count(10)


def workers(bench: Bench) -> list[str]:
    """Measure the median of the rounds for each number of workers."""
    cards = bench.scaled(3000, 100)
    records = create_cases(bench, bench.scaled(300, 10))
    lines = []
    for number in range(1, MOST + 1):
        with ExitStack() as stack:
            url = bench.new_postgres()
            asyncio.run(connect(bench, url, records))
            running = [_worker(bench, stack, url) for _ in range(number)]
            for each in running:
                each.wait_until_ready()
            posted = [
                asyncio.run(_rate(bench, url, _put_cards(cards, len(records)), cards)) for _ in range(bench.rounds)
            ]
            told = [
                asyncio.run(_rate(bench, url, _put_events(bench, records), len(records)))
                for _ in range(bench.rounds + 1)
            ]
        lines.append(f"{number} workers: {median(posted):.0f} cards/s, {median(told[1:]):.0f} events/s")
    return lines


def _worker(bench: Bench, stack: ExitStack, url: str) -> Child:
    settings = bench.settings(url, CHATSYNC_ROLE="worker", CHATSYNC_COALESCE_S="0.1")
    command = module("sides.ours", "--without-search", *UNLIMITED)
    return stack.enter_context(started(command, bench.folder, settings, cores=set(CORES)))


async def _rate(bench: Bench, url: str, put: Callable[[Store], Awaitable[None]], posts: int) -> float:
    """Return the cards a second, from the commit of the work until the last card is acknowledged."""
    bench.set_world()
    async with open_store(url) as (store, engines):
        await put(store)
        began = time.perf_counter()
        while bench.seen()["posts"] < posts:
            await asyncio.sleep(0.02)
        await until_acknowledged(engines)
        return posts / (time.perf_counter() - began)


def _put_cards(cards: int, chats: int) -> Callable[[Store], Awaitable[None]]:
    async def put(store: Store) -> None:
        async with store.writing() as work:
            await work.outbox.enqueue(messages(cards, chats), at=datetime.now(UTC))

    return put


def _put_events(bench: Bench, records: Sequence[str]) -> Callable[[Store], Awaitable[None]]:
    environment, user, value = parse_environment(bench.dataverse_url).id, UserId(somebody(bench)), next(_numbers)

    async def put(store: Store) -> None:
        now = datetime.now(UTC)
        change = ColumnChange(column="prioritycode", new=ColumnValue(raw=value, text=str(value)), old=None)
        async with store.writing() as work:
            for number, each in enumerate(records):
                record = RecordRef(environment=environment, table="incident", row_id=each)
                key = f"bench {value} {number}"
                event = RecordEvent(key=key, record=record, at=now, changed_by=user, changes=(change,))
                await work.inbox.add_event(event, at=now, due_at=now)

    return put
