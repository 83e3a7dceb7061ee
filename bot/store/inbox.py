"""The inbox: events and jobs, stored until their effects are stored."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.jobs import Job, PendingWork
from bot.domain.key_fields import RecordEvent
from bot.domain.queue_states import Queue
from bot.domain.values import RecordRef
from bot.logs import correlation_id
from bot.store.codecs import EVENT, JOB
from bot.store.lanes import Lanes, job_lane, record_lane
from bot.store.tables import DEAD_LETTERED, DONE, PENDING
from bot.store.tables import inbox as table
from bot.store.upsert import insert

MAX_ROWS_OF_LANE = 1_000
"""Maximum number of events of a record that are processed together. A statement has at most 32,767 parameters
(PostgreSQL, "Frontend/Backend Protocol").
"""


class Inbox:
    """Events and jobs, stored until their effects are stored."""

    def __init__(self, connection: AsyncConnection, lanes: Lanes) -> None:
        self._connection = connection
        self._lanes = lanes

    async def add_event(self, event: RecordEvent, *, at: datetime, due_at: datetime) -> bool:
        """Store the event; return False for a duplicate.

        The due time of a record's first pending event applies to all its events.
        """
        lane = record_lane(event.record)
        statement = insert(self._connection, table).values(_row(event.key, lane, EVENT.encode(event), at, due_at))
        kept = await self._connection.execute(statement.on_conflict_do_nothing(index_elements=["key"]))
        if kept.rowcount > 0:
            await self._lanes.schedule(Queue.INBOX, [lane], due_at=due_at)
        return kept.rowcount > 0

    async def enqueue(self, job: Job, *, at: datetime, due_at: datetime) -> None:
        """Enqueue the job, unless the same job is pending and no worker has started it."""
        lane, body = job_lane(job), JOB.encode(job)
        same = (table.c.lane == lane) & (table.c.state == PENDING)
        waits = (await self._connection.execute(select(table.c.id).where(same).limit(1))).first()
        # A running job may have read its data before the change that this job is for.
        if waits and not await self._lanes.is_leased(Queue.INBOX, lane):
            return
        row = _row(f"{lane} {uuid4().hex}", lane, body, at, due_at)
        await self._connection.execute(insert(self._connection, table).values(row))
        await self._lanes.schedule(Queue.INBOX, [lane], due_at=due_at)

    async def has_pending(self, records: Sequence[RecordRef]) -> frozenset[RecordRef]:
        """Return the records with pending events."""
        lanes = {record_lane(record): record for record in records}
        waits = select(table.c.lane).where(table.c.lane.in_(lanes), table.c.state == PENDING).distinct()
        return frozenset(lanes[lane] for lane in (await self._connection.execute(waits)).scalars())

    async def pending(self, lanes: Sequence[str]) -> Mapping[str, PendingWork]:
        """Return the pending work of each lane that has any: its first rows, so that a flood is processed in parts."""
        number = func.row_number().over(partition_by=table.c.lane, order_by=table.c.id).label("number")
        due = (
            select(table.c.id, table.c.lane, table.c.key, table.c.body, table.c.correlation_id, number)
            .where(table.c.lane.in_(lanes), table.c.state == PENDING)
            .subquery("due")
        )
        found = await self._connection.execute(
            select(due.c.lane, due.c.key, due.c.body, due.c.correlation_id)
            .where(due.c.number <= MAX_ROWS_OF_LANE)
            .order_by(due.c.id)
        )
        by_lane = groupby(sorted(found, key=itemgetter(0)), key=itemgetter(0))
        return {lane: _waiting(list(rows)) for lane, rows in by_lane}

    async def complete(self, keys: Sequence[str], *, at: datetime) -> None:
        """Mark events and jobs as done, in the transaction that stores their effects."""
        await self._connection.execute(update(table).where(table.c.key.in_(keys)).values(state=DONE, done_at=at))

    async def record_failure(self, lane: str, reason: str, *, dead_letter_before: datetime, at: datetime) -> int:
        """Count an attempt on the lane's work, and return the number of attempts; older work becomes a dead letter."""
        waits = (table.c.lane == lane) & (table.c.state == PENDING)
        counted = await self._connection.execute(
            update(table).where(waits).values(attempts=table.c.attempts + 1, reason=reason).returning(table.c.attempts)
        )
        await self._connection.execute(
            update(table).where(waits, table.c.received_at < dead_letter_before).values(state=DEAD_LETTERED, done_at=at)
        )
        return max(counted.scalars(), default=0)


def _row(key: str, lane: str, body: Mapping[str, Any], at: datetime, due_at: datetime) -> dict[str, object]:
    return {
        "key": key,
        "lane": lane,
        "body": body,
        "correlation_id": correlation_id(),
        "received_at": at,
        "due_at": due_at,
        "state": PENDING,
        "attempts": 0,
    }


def _waiting(rows: Sequence[Any]) -> PendingWork:
    """Return the work of a lane, without rows that cannot be read: they must not stop this lane or the others."""
    decoded = {row.key: _try_decode(row.body) for row in rows}
    readable = {key: work for key, work in decoded.items() if work is not None}
    return PendingWork(
        keys=list(readable),
        events=[each for each in readable.values() if isinstance(each, RecordEvent)],
        job=next((each for each in readable.values() if not isinstance(each, RecordEvent)), None),
        correlation_id=rows[-1].correlation_id,
        is_unreadable=not readable,
    )


def _try_decode(body: Any) -> RecordEvent | Job | None:
    try:
        return JOB.decode(body) if "job" in body else EVENT.decode(body)
    except (ValueError, TypeError, LookupError):
        return None
