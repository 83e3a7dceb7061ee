"""The inbox: events and jobs, stored until their effects are stored."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import uuid4

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.jobs import ChatJob, Job, PendingWork, in_sentences
from bot.domain.key_fields import RecordEvent
from bot.domain.queue_states import Failures, Queue
from bot.domain.values import RecordRef
from bot.logs import correlation_id
from bot.store.codecs import EVENT, JOB
from bot.store.lanes import Lanes, job_lane, record_lane
from bot.store.lists import one_of
from bot.store.tables import DEAD_LETTERED, DONE, PENDING
from bot.store.tables import inbox as table
from bot.store.upsert import insert
from bot.tracing import traceparent

MAX_ROWS_OF_LANE = 1_000
"""Maximum number of events of a record that are processed together. A statement has at most 32,767 parameters
(PostgreSQL, "Frontend/Backend Protocol").
"""

# Built once, because each event and each job needs them.
_PENDING_LANES = select(table.c.lane).where(one_of(table.c.lane, "lanes"), table.c.state == PENDING).distinct()
_NUMBER = func.row_number().over(partition_by=table.c.lane, order_by=table.c.id).label("number")
_FIRST = (
    select(table.c.id, table.c.lane, table.c.key, table.c.body, table.c.correlation_id, table.c.trace, _NUMBER)
    .where(one_of(table.c.lane, "lanes"), table.c.state == PENDING)
    .subquery("due")
)
_PENDING = (
    select(_FIRST.c.lane, _FIRST.c.key, _FIRST.c.body, _FIRST.c.correlation_id, _FIRST.c.trace)
    .where(_FIRST.c.number <= bindparam("at_most"))
    .order_by(_FIRST.c.id)
)
_COMPLETE = (
    update(table)
    .where(one_of(table.c.key, "keys"), table.c.state == PENDING)
    .values(state=DONE, done_at=bindparam("at", type_=table.c.done_at.type))
)


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
        """Enqueue the job, unless the same job is pending and no worker has started it.

        A pending job that is due later becomes due at this time. A job with a text is always enqueued. A worker gets
        the texts of all pending jobs in one.
        """
        lane, body = job_lane(job), JOB.encode(job)
        same = (table.c.lane == lane) & (table.c.state == PENDING)
        waits = (await self._connection.execute(select(table.c.id).where(same).limit(1))).first()
        # A running job may have read its data before the change that this job is for.
        if waits and not _has_text(job) and not await self._lanes.is_leased(Queue.INBOX, lane):
            await self._bring_forward(lane, due_at)
            return
        row = _row(f"{lane} {uuid4().hex}", lane, body, at, due_at)
        await self._connection.execute(insert(self._connection, table).values(row))
        await self._lanes.schedule(Queue.INBOX, [lane], due_at=due_at)

    async def enqueue_new(self, jobs: Mapping[Job, datetime], *, at: datetime) -> int:
        """Enqueue each job at its time, unless the same job is pending. For many jobs in few statements.

        Return the number of the jobs that are pending now, without those that failed and wait for another attempt.
        """
        lanes = {job_lane(job): job for job in jobs}
        waits = select(table.c.lane, func.max(table.c.attempts).label("attempts"))
        waits = waits.where(table.c.lane.in_(lanes), table.c.state == PENDING).group_by(table.c.lane)
        pending = {row.lane: row.attempts for row in await self._connection.execute(waits)}
        new = {lane: job for lane, job in lanes.items() if lane not in pending}
        rows = [_row(f"{lane} {uuid4().hex}", lane, JOB.encode(job), at, jobs[job]) for lane, job in new.items()]
        if rows:
            await self._connection.execute(insert(self._connection, table), rows)
            await self._lanes.schedule_each(Queue.INBOX, {lane: jobs[job] for lane, job in new.items()})
        return sum(pending.get(lane, 0) == 0 for lane in lanes)

    async def _bring_forward(self, lane: str, due_at: datetime) -> None:
        later = (table.c.lane == lane) & (table.c.state == PENDING) & (table.c.due_at > due_at)
        moved = await self._connection.execute(update(table).where(later).values(due_at=due_at))
        if moved.rowcount > 0:
            await self._lanes.bring_forward(Queue.INBOX, lane, due_at=due_at)

    async def has_pending(self, records: Sequence[RecordRef], job: Job) -> tuple[frozenset[RecordRef], bool]:
        """Return the records with pending events, and whether a job of this kind and subject waits or runs."""
        lanes = {record_lane(record): record for record in records}
        found = await self._connection.execute(_PENDING_LANES, {"lanes": [*lanes, job_lane(job)]})
        waiting = set(found.scalars())
        return frozenset(lanes[lane] for lane in waiting & lanes.keys()), job_lane(job) in waiting

    async def pending(self, lanes: Sequence[str]) -> Mapping[str, PendingWork]:
        """Return the pending work of each lane that has any: its first rows, so that a flood is processed in parts."""
        found = await self._connection.execute(_PENDING, {"lanes": lanes, "at_most": MAX_ROWS_OF_LANE})
        by_lane = groupby(sorted(found, key=itemgetter(0)), key=itemgetter(0))
        return {lane: _waiting(list(rows)) for lane, rows in by_lane}

    async def complete(self, keys: Sequence[str], *, at: datetime) -> bool:
        """Mark events and jobs as done, in the transaction that stores their effects; return whether any was pending.

        If none was, another process has stored the effects, because this one was suspended for longer than its lease.
        """
        return (await self._connection.execute(_COMPLETE, {"keys": keys, "at": at})).rowcount > 0

    async def record_failure(self, lane: str, reason: str, *, dead_letter_before: datetime, at: datetime) -> Failures:
        """Count an attempt on the lane's work, and return the number of attempts and of dead letters.

        Work that has been due for longer becomes a dead letter.
        """
        waits = (table.c.lane == lane) & (table.c.state == PENDING)
        counted = await self._connection.execute(
            update(table).where(waits).values(attempts=table.c.attempts + 1, reason=reason).returning(table.c.attempts)
        )
        given_up = await self._connection.execute(
            update(table).where(waits, table.c.due_at < dead_letter_before).values(state=DEAD_LETTERED, done_at=at)
        )
        return Failures(attempts=max(counted.scalars(), default=0), dead_letters=given_up.rowcount)


def _row(key: str, lane: str, body: Mapping[str, Any], at: datetime, due_at: datetime) -> dict[str, object]:
    return {
        "key": key,
        "lane": lane,
        "body": body,
        "correlation_id": correlation_id(),
        "trace": traceparent(),
        "received_at": at,
        "due_at": due_at,
        "state": PENDING,
        "attempts": 0,
    }


def _waiting(rows: Sequence[Any]) -> PendingWork:
    """Return the work of a lane, without rows that cannot be read: they must not stop this lane or the others."""
    decoded = {row.key: _try_decode(row.body) for row in rows}
    readable = {key: work for key, work in decoded.items() if work is not None}
    jobs = [each for each in readable.values() if not isinstance(each, RecordEvent)]
    return PendingWork(
        keys=list(readable),
        events=[each for each in readable.values() if isinstance(each, RecordEvent)],
        job=_merge(jobs),
        correlation_id=rows[-1].correlation_id,
        traces=[row.trace for row in rows if row.trace],
        is_unreadable=not readable,
    )


def _has_text(job: Job) -> bool:
    return isinstance(job, ChatJob) and bool(job.text)


def _merge(jobs: Sequence[Job]) -> Job | None:
    """Return one job for all requests in a lane: the one with the most retries, and all texts."""
    chosen = max(jobs, key=_retries, default=None)
    texts = dict.fromkeys(each.text for each in jobs if isinstance(each, ChatJob) and each.text)
    return replace(chosen, text=in_sentences(*texts)) if isinstance(chosen, ChatJob) else chosen


def _retries(job: Job) -> int:
    return job.retries if isinstance(job, ChatJob) else 0


def _try_decode(body: Any) -> RecordEvent | Job | None:
    try:
        return JOB.decode(body) if "job" in body else EVENT.decode(body)
    except (ValueError, TypeError, LookupError):
        return None
