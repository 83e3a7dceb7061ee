"""Queue states for operators and users."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, Table, case, cast, func, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.queue_states import ChatState, ConnectionState, Queue, QueueState, StuckChat, UndeliveredMessage
from bot.domain.send_outcomes import DropReason
from bot.domain.values import ChatId, Connection, ConnectionId
from bot.store.bulk import in_blocks
from bot.store.codecs import REPORTED_VALUE
from bot.store.known_values import ReportedValues
from bot.store.lanes import Lanes, record_lane
from bot.store.sync_jobs import STUCK
from bot.store.tables import DEAD_LETTERED, DONE, DROPPED, PENDING, inbox, lane, outbox, sync_job


class QueueStates:
    """Queue states for operators and users."""

    def __init__(self, connection: AsyncConnection, lanes: Lanes, known_values: ReportedValues) -> None:
        self._connection = connection
        self._lanes = lanes
        self._reported_values = known_values

    async def queues(self) -> Mapping[Queue, QueueState]:
        """Return the number of pending rows in each queue and the age of the oldest."""
        # The table of sync jobs has a row for each chat, and no index of those that are pending.
        due = select(lane.c.name).where(lane.c.queue == Queue.SYNC, lane.c.due_at.is_not(None))
        states = {
            Queue.INBOX: await self._state(inbox, true()),
            Queue.OUTBOX: await self._state(outbox, true()),
            Queue.SYNC: await self._state(sync_job, sync_job.c.lane.in_(due)),
        }
        stuck = await self._one(select(func.count()).select_from(sync_job).where(STUCK))
        return {**states, Queue.SYNC: replace(states[Queue.SYNC], stuck=stuck)}

    async def _state(self, table: Table, some: ColumnElement[bool]) -> QueueState:
        asked = select(func.count(), func.min(table.c.received_at)).where(table.c.state == PENDING, some)
        waiting, oldest_at = (await self._connection.execute(asked)).one()
        return QueueState(pending=waiting, oldest_at=oldest_at)

    async def dead_letters(self, *, at_most: int) -> Sequence[UndeliveredMessage]:
        """Return dead letters, oldest first."""
        return await self._kept(DEAD_LETTERED, at_most)

    async def pending(self, *, at_most: int) -> Sequence[UndeliveredMessage]:
        """Return pending messages, oldest first."""
        return await self._kept(PENDING, at_most)

    async def _kept(self, state: str, at_most: int) -> Sequence[UndeliveredMessage]:
        columns = (outbox.c.id, outbox.c.lane, outbox.c.received_at, outbox.c.attempts, outbox.c.reason)
        asked = select(*columns).where(outbox.c.state == state).order_by(outbox.c.id).limit(at_most)
        return [
            UndeliveredMessage(
                id=number, chat_id=ChatId(chat), enqueued_at=kept_at, attempts=attempts, reason=reason or ""
            )
            for number, chat, kept_at, attempts, reason in await self._connection.execute(asked)
        ]

    async def stuck_chats(self, *, at_most: int) -> Sequence[StuckChat]:
        """Return chats whose sync fails repeatedly, ordered by id."""
        columns = (sync_job.c.lane, sync_job.c.received_at, sync_job.c.attempts, sync_job.c.reason)
        asked = select(*columns).where(STUCK).order_by(sync_job.c.lane).limit(at_most)
        return [
            StuckChat(chat_id=ChatId(chat), enqueued_at=asked_at, attempts=attempts, reason=reason)
            for chat, asked_at, attempts, reason in await self._connection.execute(asked)
        ]

    async def retry(self, messages: Sequence[int] | None, *, at: datetime) -> Mapping[int, ChatId]:
        """Return dead letters to the queue, all of them for None; return their ids with their chats.

        They count as stored now, so that they are retried for a day, and their values count as reported again.
        """
        back = {"state": PENDING, "received_at": at, "due_at": at, "attempts": 0, "done_at": None}
        settled = await self._settle(messages, back)
        if settled:
            await self._lanes.schedule(Queue.OUTBOX, list(settled.values()), due_at=at)
            await self._report_again(list(settled))
        return settled

    async def _report_again(self, messages: Sequence[int]) -> None:
        for some in in_blocks(sorted(messages)):
            await self._report_block_again(some)

    async def _report_block_again(self, messages: Sequence[int]) -> None:
        values = select(outbox.c.told_after).where(outbox.c.id.in_(messages), outbox.c.told_after.is_not(None))
        for stored in (await self._connection.execute(values.order_by(outbox.c.id))).scalars():
            told = {(ConnectionId(each), column): REPORTED_VALUE.decode(value) for each, column, value in stored}
            await self._reported_values.save({key: value for key, value in told.items() if value}, unless_newer=True)

    async def discard(self, messages: Sequence[int] | None, *, at: datetime) -> Mapping[int, ChatId]:
        """Discard dead letters, all of them for None; return their ids with their chats."""
        return await self._settle(messages, {"state": DROPPED, "done_at": at})

    async def _settle(self, messages: Sequence[int] | None, values: Mapping[str, object]) -> Mapping[int, ChatId]:
        changed = update(outbox).where(_dead_lettered(messages)).values(values).returning(outbox.c.id, outbox.c.lane)
        return {number: ChatId(chat) for number, chat in await self._connection.execute(changed)}

    async def chat_state(self, chat: ChatId) -> ChatState:
        """Return what delays the chat's next message."""
        first = select(outbox.c.reason).where(outbox.c.lane == chat, outbox.c.state == PENDING)
        due = select(lane.c.due_at).where(lane.c.queue == Queue.OUTBOX, lane.c.name == chat)
        return ChatState(next_attempt_at=await self._one(due), failure=await self._one(first.order_by(outbox.c.id)))

    async def connection_state(self, connection: Connection) -> ConnectionState:
        """Return the recent events and messages of the connection."""
        mine = _about(connection)
        sent = select(func.max(outbox.c.done_at)).where(mine, outbox.c.state == DONE)
        waits = select(func.count()).where(mine, outbox.c.state == PENDING)
        last = select(outbox.c.state, outbox.c.reason).where(mine).order_by(outbox.c.id.desc()).limit(1)
        state, reason = (await self._connection.execute(last)).one_or_none() or (None, None)
        events = inbox.c.lane == record_lane(connection.record)
        return ConnectionState(
            last_event_at=await self._one(select(func.max(inbox.c.received_at)).where(events)),
            event_failure=await self._failure(events),
            last_sent_at=await self._one(sent),
            pending=await self._one(waits),
            dead_letter_reason=reason if state == DEAD_LETTERED else None,
            drop_reason=_drop_reason(reason) if state == DROPPED else None,
        )

    async def _failure(self, events: ColumnElement[bool]) -> str | None:
        """Return the failure of the first pending event, or of the latest event if none is pending."""
        first = select(inbox.c.reason).where(events, inbox.c.state == PENDING).order_by(inbox.c.id)
        last = select(_reason_in(inbox, DEAD_LETTERED)).where(events).order_by(inbox.c.received_at.desc())
        reason: str | None = await self._one(first) or await self._one(last)
        return reason

    async def _one(self, asked: Select[Any]) -> Any:
        """Return the first value, or None."""
        return (await self._connection.execute(asked.limit(1))).scalar()


def _about(connection: Connection) -> ColumnElement[bool]:
    """Match messages about the connection's record, including cards about several records (spec K9)."""
    of_several = outbox.c.connection_id.is_(None) & (outbox.c.lane == connection.chat_id)
    named = cast(outbox.c.told_before, String).contains(f'[{connection.id}, "', autoescape=True)
    return (outbox.c.connection_id == connection.id) | (of_several & named)


def _drop_reason(reason: str | None) -> DropReason | None:
    """Return the setting that was off; None if an operator dropped the message."""
    return DropReason(reason) if reason in set(DropReason) else None


def _reason_in(table: Table, state: str) -> ColumnElement[str | None]:
    """Return the reason of rows in this state, and NULL for others."""
    return case((table.c.state == state, table.c.reason))


def _dead_lettered(messages: Sequence[int] | None) -> ColumnElement[bool]:
    parked = outbox.c.state == DEAD_LETTERED
    return parked if messages is None else parked & outbox.c.id.in_(messages)
