"""Queues that millions of rows pass through: time of a step, dead rows, and size, with and without our settings."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from statistics import median

from sqlalchemy import insert, text

from bot.domain.outgoing_messages import OutgoingMessage
from bot.domain.queue_states import Queue
from bot.store.engine import Engines
from bot.store.lanes import Lanes
from bot.store.tables import PENDING, inbox
from bot.store.unit_of_work import Store, UnitOfWork
from tests.bench.kept import add_chats, messages, open_store
from tests.bench.samples import chat_id

BLOCK = 1_000
"""Rows in a step: enqueued, leased, processed, and completed in as many transactions as workers use."""
_CHATS = 5_000
_numbers = count()

SETTINGS = """
ALTER TABLE lane SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
ALTER TABLE inbox SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_analyze_scale_factor = 0.01);
ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_analyze_scale_factor = 0.01);
ALTER TABLE post SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
ALTER TABLE decision SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_insert_scale_factor = 0.02);
ALTER TABLE posted_card SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
"""
"""The settings that the documentation recommends for PostgreSQL."""
_STATISTICS = """
SELECT relname, n_live_tup, n_dead_tup, n_tup_upd, n_tup_hot_upd, autovacuum_count,
  pg_table_size(relid) AS bytes, pg_indexes_size(relid) AS index_bytes
FROM pg_stat_user_tables WHERE relname = ANY(ARRAY['lane', 'inbox', 'outbox', 'post']) ORDER BY relname
"""


@dataclass(frozen=True, slots=True)
class Churned:
    """The result of a churn."""

    rows: int
    seconds: float
    first_ms: float
    """Median time to lease lanes in the first tenth of the steps."""
    last_ms: float
    """The same in the last tenth."""
    tables: Sequence[Mapping[str, int]]

    def lines(self, name: str) -> list[str]:
        """Return the result in lines."""
        head = f"{name}: {self.rows} rows in {self.seconds:.0f} s; lease {self.first_ms:.1f} → {self.last_ms:.1f} ms"
        return [head, *(_line(each) for each in self.tables)]


async def churned(url: str, rows: int, *, tuned: bool) -> Churned:
    """Let this many rows pass through the inbox and as many through the outbox, and delete old posts meanwhile."""
    async with open_store(url) as (store, engines):
        await add_chats(engines, _CHATS, "http://127.0.0.1/")
        if tuned:
            await _execute(engines, SETTINGS)
        began = time.perf_counter()
        leases = [await _step(store) for _ in range(rows // BLOCK)]
        seconds = time.perf_counter() - began
        # Statistics arrive when a process of PostgreSQL was idle for a second.
        await asyncio.sleep(1.5)
        async with engines.reading.connect() as connection:
            tables = [dict(row) for row in (await connection.execute(text(_STATISTICS))).mappings()]
    tenth = max(1, len(leases) // 10)
    return Churned(rows, seconds, median(leases[:tenth]), median(leases[-tenth:]), tables)


async def _step(store: Store) -> float:
    """Process a block of events, and post a block of cards; return the milliseconds of leasing the lanes."""
    now = datetime.now(UTC)
    async with store.writing() as work:
        keys = await _enqueue_events(work, now)
    async with store.writing() as work:
        lanes, spent = await _lease(work.lanes, Queue.INBOX, now)
        await work.outbox.enqueue(_cards(), at=now)
        await work.inbox.complete(keys, at=now)
        await work.lanes.release(Queue.INBOX, dict.fromkeys(lanes), "bench")
    async with store.writing() as work:
        lanes, more = await _lease(work.lanes, Queue.OUTBOX, now)
        heads = await work.outbox.next_messages(lanes, {})
    async with store.writing() as work:
        await work.outbox.mark_sent([each.id for each in heads.values()], at=now)
        await work.rate_history.add_posts([(each.chat.id, now) for each in heads.values()])
        await work.lanes.release(Queue.OUTBOX, dict.fromkeys(lanes), "bench")
        await work.pruning.delete_idle_lanes()
    return spent + more


async def _lease(lanes: Lanes, queue: Queue, now: datetime) -> tuple[Sequence[str], float]:
    began = time.perf_counter()
    found = await lanes.claim(queue, "bench", at=now, until=now + timedelta(seconds=10), at_most=BLOCK)
    return found, 1000 * (time.perf_counter() - began)


async def _enqueue_events(work: UnitOfWork, now: datetime) -> list[str]:
    rows = [_event(next(_numbers), now) for _ in range(BLOCK)]
    await work.inbox._connection.execute(insert(inbox), rows)
    await work.lanes.schedule(Queue.INBOX, [str(row["lane"]) for row in rows], due_at=now)
    return [str(row["key"]) for row in rows]


def _event(number: int, now: datetime) -> dict[str, object]:
    body = {"key": "e", "record": ["contoso", "incident", "1"], "changes": []}
    when = dict.fromkeys(("received_at", "due_at"), now)
    return {
        "key": f"event {number}",
        "lane": f'["contoso", "incident", "row {number}"]',
        "body": body,
        "correlation_id": "",
        "state": PENDING,
        "attempts": 0,
        **when,
    }


def _cards() -> Sequence[OutgoingMessage]:
    first = next(_numbers) * BLOCK
    small = messages(BLOCK, BLOCK)
    return [
        replace(each, chat_id=type(each.chat_id)(chat_id((first + number) % _CHATS)), activity=each.activity[:200])
        for number, each in enumerate(small)
    ]


async def _execute(engines: Engines, script: str) -> None:
    async with engines.writing.begin() as connection:
        for each in script.split(";"):
            if each.strip():
                await connection.execute(text(each))


def _line(table: Mapping[str, int]) -> str:
    mb, index_mb = table["bytes"] / 1e6, table["index_bytes"] / 1e6
    hot = 100 * table["n_tup_hot_upd"] / max(1, table["n_tup_upd"])
    return (
        f"  {table['relname']:7} {table['n_live_tup']:8} live {table['n_dead_tup']:8} dead {mb:7.1f} MB"
        f" + {index_mb:6.1f} MB of indexes, {hot:3.0f} % HOT, vacuumed {table['autovacuum_count']} times"
    )
