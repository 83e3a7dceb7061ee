"""Query plans of every statement on a hot path."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection

from bot.domain.queue_states import Queue
from bot.domain.values import ChatId, ConnectionId
from bot.store.engine import Engines
from bot.store.lanes import record_lane
from bot.store.unit_of_work import Store, UnitOfWork
from tests.bench.filled import chat_name, record_of
from tests.bench.kept import messages, open_store
from tests.steps.stored_rows import an_event

_FULL = {"sqlite": "SCAN ", "postgresql": "Seq Scan"}


async def full_scans(url: str) -> list[str]:
    """Return the plans that read a whole table, with their statements."""
    async with open_store(url) as (store, engines):
        statements: dict[str, Any] = {}

        def heard(_c: Connection, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
            statements[statement] = parameters[0] if many else parameters

        for engine in {engines.reading, engines.writing}:
            event.listen(engine.sync_engine, "before_cursor_execute", heard)
        await _hot_paths(store)
        for engine in {engines.reading, engines.writing}:
            event.remove(engine.sync_engine, "before_cursor_execute", heard)
        asked = {each: values for each, values in statements.items() if each.startswith(("SELECT", "UPDATE", "WITH"))}
        return [found for each, values in asked.items() for found in await _scans(engines, each, values)]


async def _hot_paths(store: Store) -> None:
    """Run the statements of a message, an event, and a card."""
    now, chat, record = datetime.now(UTC), ChatId(chat_name(1)), record_of(1)
    async with store.writing() as work:
        await work.chats.get(chat)
        await work.chats.get_many([chat])
        found = await work.connections.for_record(record)
        await work.connections.for_chat(chat)
        await work.connections.active(chat, record)
        await work.connections.get(found[0].public_id)
        await work.reported_values.for_connections([ConnectionId(found[0].id)])
        made = an_event("bench", record)
        await work.inbox.add_event(made, at=now, due_at=now)
        await work.inbox.pending([record_lane(record)])
        await work.inbox.complete([made.key], at=now)
        await _send(work, chat, now)


async def _send(work: UnitOfWork, chat: ChatId, now: datetime) -> None:
    """Run the statements of a worker for a card."""
    await work.outbox.enqueue(messages(1, 1), at=now)
    lanes: Sequence[str] = await work.lanes.claim(
        Queue.OUTBOX, "bench", at=now, until=now + timedelta(seconds=10), at_most=10
    )
    posts = await work.rate_history.posts_since([chat], now - timedelta(hours=1))
    heads = await work.outbox.next_messages(lanes, posts)
    await work.outbox.mark_sent([each.id for each in heads.values()] or [1], at=now)
    await work.lanes.renew(Queue.OUTBOX, lanes, "bench", until=now)
    await work.lanes.release(Queue.OUTBOX, dict.fromkeys(lanes, now), "bench")
    await work.lanes.next_due(Queue.OUTBOX)


async def _scans(engines: Engines, statement: str, parameters: Any) -> list[str]:
    dialect = engines.reading.dialect.name
    explain = "EXPLAIN QUERY PLAN " if dialect == "sqlite" else "EXPLAIN "
    async with engines.reading.begin() as connection:
        plan = await connection.exec_driver_sql(explain + statement, parameters)
        lines = [str(row[-1]) for row in plan]
    scans = [line.strip() for line in lines if _FULL[dialect] in line and not _is_short(line)]
    return [f"{line}: {statement}" for line in scans]


def _is_short(line: str) -> bool:
    """Return whether the scan reads no table, but rows that the statement created or received."""
    return any(word in line for word in ("SCAN due", "CONSTANT ROW", "ANY_subquery", "SUBQUERY", "(subquery-"))
