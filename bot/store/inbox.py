"""Rows of the inbox: events that are kept until what follows from them is kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.key_fields import RecordEvent
from bot.observe import correlation
from bot.ports import Queue, WaitingEvents
from bot.store.event_json import event_from_json, event_to_json, lane_of
from bot.store.lanes import LaneRows
from bot.store.tables import DONE, PARKED, WAITING
from bot.store.tables import inbox as table
from bot.store.upsert import insert


class InboxRows:
    """See `bot.ports.Inbox`."""

    def __init__(self, connection: AsyncConnection, lanes: LaneRows) -> None:
        self._connection = connection
        self._lanes = lanes

    async def keep(self, event: RecordEvent, *, at: datetime, due_at: datetime) -> bool:
        """Keeps the event; False where it was kept before."""
        lane = lane_of(event.record)
        statement = insert(self._connection, table).values(
            key=event.key,
            lane=lane,
            body=event_to_json(event),
            correlation_id=correlation(),
            received_at=at,
            due_at=due_at,
            state=WAITING,
            attempts=0,
        )
        kept = await self._connection.execute(statement.on_conflict_do_nothing(index_elements=["key"]))
        if kept.rowcount > 0:
            await self._lanes.open(Queue.INBOX, [lane], due_at=due_at)
        return kept.rowcount > 0

    async def waiting(self, lanes: Sequence[str]) -> Mapping[str, WaitingEvents]:
        """What waits in each lane that holds something."""
        found = await self._connection.execute(
            select(table.c.lane, table.c.body, table.c.correlation_id)
            .where(table.c.lane.in_(lanes), table.c.state == WAITING)
            .order_by(table.c.id)
        )
        waiting: dict[str, WaitingEvents] = {}
        for lane, rows in groupby(sorted(found, key=itemgetter(0)), key=itemgetter(0)):
            kept = list(rows)
            events = [event_from_json(row.body) for row in kept]
            waiting[lane] = WaitingEvents(events=events, correlation_id=kept[-1].correlation_id)
        return waiting

    async def done(self, events: Sequence[RecordEvent], *, at: datetime) -> None:
        """Nothing more follows from the events."""
        keys = [event.key for event in events]
        await self._connection.execute(update(table).where(table.c.key.in_(keys)).values(state=DONE, done_at=at))

    async def failed(self, lane: str, reason: str, *, park_older_than: datetime, at: datetime) -> int:
        """Counts an attempt, and gives their number; events kept before the given time are parked."""
        waits = (table.c.lane == lane) & (table.c.state == WAITING)
        counted = await self._connection.execute(
            update(table).where(waits).values(attempts=table.c.attempts + 1, reason=reason).returning(table.c.attempts)
        )
        await self._connection.execute(
            update(table).where(waits, table.c.received_at < park_older_than).values(state=PARKED, done_at=at)
        )
        return max(counted.scalars(), default=0)
