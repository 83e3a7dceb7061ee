"""What operators and people ask of the queues."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.values import ChatId, Connection
from bot.ports import ConnectionState, ParkedMessage, Queue, QueueState
from bot.store.event_json import lane_of
from bot.store.lanes import LaneRows
from bot.store.tables import DONE, DROPPED, PARKED, WAITING, inbox, lane, outbox


class OverviewRows:
    """See `bot.ports.Overview`."""

    def __init__(self, connection: AsyncConnection, lanes: LaneRows) -> None:
        self._connection = connection
        self._lanes = lanes

    async def queues(self) -> Mapping[Queue, QueueState]:
        """How much waits in each queue, and since when."""
        states = {}
        for queue, table in ((Queue.INBOX, inbox), (Queue.OUTBOX, outbox)):
            asked = select(func.count(), func.min(table.c.received_at)).where(table.c.state == WAITING)
            waiting, oldest_at = (await self._connection.execute(asked)).one()
            states[queue] = QueueState(waiting=waiting, oldest_at=oldest_at)
        return states

    async def parked(self, *, at_most: int) -> Sequence[ParkedMessage]:
        """Parked messages, the oldest first."""
        columns = (outbox.c.id, outbox.c.lane, outbox.c.received_at, outbox.c.attempts, outbox.c.reason)
        asked = select(*columns).where(outbox.c.state == PARKED).order_by(outbox.c.id).limit(at_most)
        return [
            ParkedMessage(id=number, chat_id=ChatId(chat), kept_at=kept_at, attempts=attempts, reason=reason or "")
            for number, chat, kept_at, attempts, reason in await self._connection.execute(asked)
        ]

    async def retry(self, messages: Sequence[int] | None, *, at: datetime) -> int:
        """Puts parked messages back to be sent; they count as kept just now, so that they have a day again."""
        back = {"state": WAITING, "received_at": at, "due_at": at, "attempts": 0, "done_at": None}
        found = await self._connection.execute(
            update(outbox).where(_parked(messages)).values(back).returning(outbox.c.lane)
        )
        lanes = list(found.scalars())
        if lanes:
            await self._lanes.open(Queue.OUTBOX, lanes, due_at=at)
        return len(lanes)

    async def drop(self, messages: Sequence[int] | None, *, at: datetime) -> int:
        """Gives parked messages up for good."""
        gone = {"state": DROPPED, "done_at": at}
        return (await self._connection.execute(update(outbox).where(_parked(messages)).values(gone))).rowcount

    async def of_connection(self, connection: Connection) -> ConnectionState:
        """What became of the connection lately."""
        events = select(func.max(inbox.c.received_at)).where(inbox.c.lane == lane_of(connection.record))
        mine = outbox.c.connection_id == connection.id
        sent = select(func.max(outbox.c.done_at)).where(mine, outbox.c.state == DONE)
        last = select(outbox.c.state, outbox.c.reason).where(mine).order_by(outbox.c.id.desc()).limit(1)
        waits = select(func.count()).where(outbox.c.lane == connection.chat_id, outbox.c.state == WAITING)
        due = select(lane.c.due_at).where(lane.c.queue == Queue.OUTBOX, lane.c.name == connection.chat_id)
        state, reason = (await self._connection.execute(last)).one_or_none() or (DONE, None)
        return ConnectionState(
            last_event_at=(await self._connection.execute(events)).scalar(),
            last_sent_at=(await self._connection.execute(sent)).scalar(),
            waiting=(await self._connection.execute(waits)).scalar() or 0,
            not_before=(await self._connection.execute(due)).scalar(),
            trouble=reason if state != DONE else None,
        )


def _parked(messages: Sequence[int] | None) -> ColumnElement[bool]:
    parked = outbox.c.state == PARKED
    return parked if messages is None else parked & outbox.c.id.in_(messages)
