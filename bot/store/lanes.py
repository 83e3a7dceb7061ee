"""Lanes: what waits in one lane goes in order, lanes go side by side, and one worker at a time has a lane.

A lane of the outbox or of sync is a chat, an inbox lane a record. A lane is due when its first waiting row is; a worker
leases it for a while, so that a worker that died gives its lanes back.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Table, bindparam, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.queue_states import Queue
from bot.store.bulk import bulk_execute
from bot.store.tables import PENDING, inbox, microseconds, outbox, sync_job
from bot.store.tables import lane as table
from bot.store.upsert import insert

_ROWS: dict[Queue, Table] = {Queue.INBOX: inbox, Queue.OUTBOX: outbox, Queue.SYNC: sync_job}


class Lanes:
    """Puts lanes to work and takes them back."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self.touched: set[Queue] = set()

    async def schedule(self, queue: Queue, lanes: Sequence[str], *, due_at: datetime) -> None:
        """Something waits in the lanes: they are due then, unless they are due at another time already."""
        statement = insert(self._connection, table)
        upsert = statement.on_conflict_do_update(
            index_elements=["queue", "name"],
            set_={"due_at": func.coalesce(table.c.due_at, statement.excluded.due_at)},
        )
        due = microseconds(due_at)
        # In one order, so that two transactions never wait for each other's lanes.
        rows = [{"queue": queue.value, "name": lane, "due_at": due} for lane in sorted(set(lanes))]
        await bulk_execute(self._connection, upsert, rows)
        self.touched.add(queue)

    async def claim(self, queue: Queue, owner: str, *, at: datetime, until: datetime, at_most: int) -> Sequence[str]:
        """Leases lanes that are due to the owner, the longest due first; gives their names."""
        free = or_(table.c.leased_until.is_(None), table.c.leased_until <= at)
        due = (
            select(table.c.name)
            .where(table.c.queue == queue, table.c.due_at <= at, free)
            .order_by(table.c.due_at)
            .limit(at_most)
            .with_for_update(skip_locked=True)
            # As a CTE it is run once, whatever plan the database chooses: run twice it would lock twice as many.
            .cte("due")
        )
        claimed = await self._connection.execute(
            update(table)
            .where(table.c.queue == queue, table.c.name.in_(select(due.c.name)))
            .values(owner=owner, leased_until=until)
            .returning(table.c.name)
        )
        return list(claimed.scalars())

    async def is_leased(self, queue: Queue, lane: str) -> bool:
        """Whether somebody works on the lane, or did so when they died."""
        query = select(table.c.owner).where(table.c.queue == queue, table.c.name == lane, table.c.owner.is_not(None))
        return (await self._connection.execute(query)).first() is not None

    async def renew(self, queue: Queue, lanes: Sequence[str], owner: str, *, until: datetime) -> None:
        """Renews the owner's leases on the lanes."""
        await self._connection.execute(
            update(table)
            .where(table.c.queue == queue, table.c.name.in_(lanes), table.c.owner == owner)
            .values(leased_until=until)
        )

    async def release(self, queue: Queue, lanes: Mapping[str, datetime | None], owner: str) -> None:
        """Gives the lanes back; each is due again with its first waiting row, but not before the time given for it."""
        mine = (table.c.queue == queue) & table.c.name.in_(lanes) & (table.c.owner == owner)
        if self._connection.dialect.name == "postgresql":
            # The locks first, in one order: a row that is put in meanwhile must be seen by the statement that follows.
            await self._connection.execute(select(table.c.name).where(mine).order_by(table.c.name).with_for_update())
        rows = _ROWS[queue]
        first = select(rows.c.due_at).where(rows.c.lane == table.c.name, rows.c.state == PENDING)
        due_at = first.order_by(rows.c.id).limit(1).scalar_subquery()
        await self._connection.execute(update(table).where(mine).values(due_at=due_at, owner=None, leased_until=None))
        await self._postpone(queue, {lane: at for lane, at in lanes.items() if at})

    async def _postpone(self, queue: Queue, lanes: Mapping[str, datetime]) -> None:
        if not lanes:
            return
        this = (
            (table.c.queue == queue) & (table.c.name == bindparam("lane")) & (table.c.due_at < bindparam("not_before"))
        )
        # The owner is left out: nobody else has had the lane since this transaction gave it back.
        await self._connection.execute(
            update(table).where(this).values(due_at=bindparam("not_before")),
            [{"lane": lane, "not_before": at} for lane, at in lanes.items()],
        )

    async def next_due(self, queue: Queue) -> datetime | None:
        """When there is something to do next: a lane is due, or the lease of one that is due ends."""
        leased = table.c.leased_until.is_not(None) & (table.c.leased_until > table.c.due_at)
        when = case((leased, table.c.leased_until), else_=table.c.due_at)
        found = await self._connection.execute(
            select(func.min(when)).where(table.c.queue == queue, table.c.due_at.is_not(None))
        )
        due_at: datetime | None = found.scalar()
        return due_at

    async def expire_leases(self) -> None:
        """Takes every lane back, whoever has it: for the start of the only worker."""
        await self._connection.execute(update(table).values(owner=None, leased_until=None))
