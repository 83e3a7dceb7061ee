"""Lanes of the queues: work in one lane runs in order, lanes run in parallel, and a lane has one worker at a time.

A lane of the outbox or the sync queue is a chat; a lane of the inbox is a record or a job. A lane is due when its first
pending row is due. Workers lease lanes for a limited time, so that lanes of a crashed worker become free again.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.jobs import CardJob, ChatJob, EnvironmentJob, Job
from bot.domain.queue_states import Queue
from bot.domain.values import RecordRef
from bot.store.bulk import bulk_execute
from bot.store.lists import one_of
from bot.store.tables import PENDING, inbox, microseconds, outbox, sync_job
from bot.store.tables import lane as table
from bot.store.upsert import Insert, built


def record_lane(record: RecordRef) -> str:
    """Return the name of the record's lane in the inbox."""
    return json.dumps([record.environment, record.table, record.row_id])


def job_lane(job: Job) -> str:
    """Return the name of the job's lane in the inbox: one for each kind and subject. Lanes of records are JSON."""
    match job:
        case ChatJob(chat_id=subject) | EnvironmentJob(environment=subject):
            return f"{job.kind} {subject}"
        case CardJob(card_id=card):
            return f"{job.kind} {card}"


_ROWS: dict[Queue, Table] = {Queue.INBOX: inbox, Queue.OUTBOX: outbox, Queue.SYNC: sync_job}
_OF_QUEUE = table.c.queue == bindparam("of")
_OWN = _OF_QUEUE & one_of(table.c.name, "lanes") & (table.c.owner == bindparam("me"))


def _schedule(insert: Insert) -> Any:
    new = insert(table)
    return new.on_conflict_do_update(
        index_elements=["queue", "name"],
        set_={"due_at": func.coalesce(table.c.due_at, new.excluded.due_at)},
    )


def _claim() -> Any:
    at = bindparam("at", type_=table.c.due_at.type)
    free = or_(table.c.leased_until.is_(None), table.c.leased_until <= at)
    due = (
        select(table.c.name)
        .where(_OF_QUEUE, table.c.due_at <= at, free)
        .order_by(table.c.due_at)
        .limit(bindparam("at_most"))
        .with_for_update(skip_locked=True)
        # A CTE runs once with every query plan. If it ran twice, it would lock twice as many lanes.
        .cte("due")
    )
    return (
        update(table)
        .where(_OF_QUEUE, table.c.name.in_(select(due.c.name)))
        .values(owner=bindparam("new_owner"), leased_until=bindparam("until"))
        .returning(table.c.name)
    )


def _release(queue: Queue) -> Any:
    rows = _ROWS[queue]
    order = rows.c.due_at if queue is Queue.INBOX else rows.c.id
    first = select(rows.c.due_at).where(rows.c.lane == table.c.name, rows.c.state == PENDING)
    due_at = first.order_by(order).limit(1).scalar_subquery()
    return update(table).where(_OWN).values(due_at=due_at, owner=None, leased_until=None)


def _postpone() -> Any:
    not_before = bindparam("not_before", type_=table.c.due_at.type)
    # No need to compare the owner: the transaction released the lane and still locks it.
    this = _OF_QUEUE & (table.c.name == bindparam("lane")) & (table.c.due_at < not_before)
    return update(table).where(this).values(due_at=not_before)


def _next_due() -> Any:
    leased = table.c.leased_until.is_not(None) & (table.c.leased_until > table.c.due_at)
    when = case((leased, table.c.leased_until), else_=table.c.due_at)
    return select(func.min(when)).where(_OF_QUEUE, table.c.due_at.is_not(None))


# Built once, because workers need them all the time.
_CLAIM, _POSTPONE, _NEXT_DUE = _claim(), _postpone(), _next_due()
_RELEASE = {queue: _release(queue) for queue in _ROWS}
_LOCK_OWN = select(table.c.name).where(_OWN).order_by(table.c.name).with_for_update()


class Lanes:
    """Leases of lanes."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self.touched: set[Queue] = set()

    async def schedule(self, queue: Queue, lanes: Sequence[str], *, due_at: datetime) -> None:
        """Make the lanes due at this time, unless they are due at another time already."""
        await self.schedule_each(queue, dict.fromkeys(lanes, due_at))

    async def schedule_each(self, queue: Queue, lanes: Mapping[str, datetime]) -> None:
        """Make each lane due at its time, unless it is due at another time already."""
        # Sort to avoid deadlocks between transactions.
        rows = [{"queue": queue.value, "name": lane, "due_at": microseconds(lanes[lane])} for lane in sorted(lanes)]
        await bulk_execute(self._connection, built(self._connection, _schedule), rows)
        self.touched.add(queue)

    async def bring_forward(self, queue: Queue, lane: str, *, due_at: datetime) -> None:
        """Make a lane that is due later due at this time. A lane that a worker has does not change."""
        later = (table.c.queue == queue) & (table.c.name == lane) & (table.c.due_at > due_at)
        free = table.c.owner.is_(None)
        await self._connection.execute(update(table).where(later, free).values(due_at=due_at))
        self.touched.add(queue)

    async def claim(self, queue: Queue, owner: str, *, at: datetime, until: datetime, at_most: int) -> Sequence[str]:
        """Lease due lanes to the owner, the longest due first, and return their names."""
        values = {"of": queue, "at": at, "at_most": at_most, "new_owner": owner, "until": until}
        return list((await self._connection.execute(_CLAIM, values)).scalars())

    async def is_leased(self, queue: Queue, lane: str) -> bool:
        """Return whether a worker has the lane, including a crashed one."""
        query = select(table.c.owner).where(table.c.queue == queue, table.c.name == lane, table.c.owner.is_not(None))
        return (await self._connection.execute(query)).first() is not None

    async def renew(self, queue: Queue, lanes: Sequence[str], owner: str, *, until: datetime) -> None:
        """Extend the owner's leases on the lanes. Lanes that another worker has taken over do not change."""
        await self._connection.execute(
            update(table)
            .where(table.c.queue == queue, table.c.name.in_(lanes), table.c.owner == owner)
            .values(leased_until=until)
        )

    async def release(self, queue: Queue, lanes: Mapping[str, datetime | None], owner: str) -> None:
        """Release the lanes. Each is due with its first pending row, but not before the time given for it.

        In the inbox, this is the row that is due first: jobs can be due later than jobs that were stored after them.
        """
        mine = {"of": queue, "lanes": list(lanes), "me": owner}
        if self._connection.dialect.name == "postgresql":
            # Lock first, in one order: the next statement must see rows that are added meanwhile.
            await self._connection.execute(_LOCK_OWN, mine)
        await self._connection.execute(_RELEASE[queue], mine)
        await self._postpone(queue, {lane: at for lane, at in lanes.items() if at})

    async def _postpone(self, queue: Queue, lanes: Mapping[str, datetime]) -> None:
        if not lanes:
            return
        rows = [{"of": queue, "lane": lane, "not_before": at} for lane, at in lanes.items()]
        await self._connection.execute(_POSTPONE, rows)

    async def next_due(self, queue: Queue) -> datetime | None:
        """Return when the next lane is due or the lease of a due lane ends; None if no work is pending."""
        due_at: datetime | None = await self._connection.scalar(_NEXT_DUE, {"of": queue})
        return due_at

    async def expire_leases(self) -> None:
        """End all leases: call this at the start of the only worker."""
        await self._connection.execute(update(table).values(owner=None, leased_until=None))
