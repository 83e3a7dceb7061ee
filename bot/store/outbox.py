"""The outbox: messages, stored until Teams accepts them."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import RowMapping, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.key_fields import ReportedValue
from bot.domain.outgoing_messages import OutgoingMessage, PendingMessage
from bot.domain.queue_states import Queue
from bot.domain.values import ChatId, ConnectionId
from bot.logs import correlation_id
from bot.store.bulk import bulk_execute
from bot.store.chats import CHAT_COLUMNS, chat_from_row
from bot.store.codecs import REPORTED_VALUE
from bot.store.known_values import ReportedValues
from bot.store.lanes import Lanes
from bot.store.tables import DEAD_LETTERED, DONE, PENDING, chat, lane, microseconds
from bot.store.tables import outbox as table
from bot.store.upsert import insert

_later = table.alias("later")


class Outbox:
    """Messages, stored until Teams accepts them."""

    def __init__(self, connection: AsyncConnection, lanes: Lanes, known_values: ReportedValues) -> None:
        self._connection = connection
        self._lanes = lanes
        self._reported_values = known_values

    async def enqueue(self, messages: Sequence[OutgoingMessage], *, at: datetime) -> None:
        """Append each message to its chat's lane, unless a message with the same key exists."""
        now = microseconds(at)
        rows = [_row(message, now) for message in messages]
        if not rows:
            return
        statement = insert(self._connection, table).on_conflict_do_nothing(index_elements=["key"])
        await bulk_execute(self._connection, statement, rows)
        await self._lanes.schedule(Queue.OUTBOX, [message.chat_id for message in messages], due_at=at)

    async def next_messages(
        self, lanes: Sequence[str], posts: Mapping[ChatId, Sequence[datetime]]
    ) -> Mapping[str, PendingMessage]:
        """Return the next message of each lane that has one, with the chat's current address and recent posts."""
        first = select(_later.c.id).where(_later.c.lane == lane.c.name, _later.c.state == PENDING)
        found = await self._connection.execute(
            select(table.c.id.label("message_id"), table.c.body, table.c.attempts, table.c.received_at)
            .add_columns(table.c.correlation_id, table.c.caused_at, *CHAT_COLUMNS)
            .select_from(lane)
            .join(table, table.c.id == first.order_by(_later.c.id).limit(1).scalar_subquery())
            .join(chat, chat.c.id == lane.c.name)
            .where(lane.c.queue == Queue.OUTBOX, lane.c.name.in_(lanes))
        )
        return {row["id"]: _waiting(row, posts.get(row["id"], ())) for row in found.mappings()}

    async def mark_sent(self, messages: Sequence[int], *, at: datetime) -> None:
        """Mark the messages as accepted by Teams."""
        await self._connection.execute(update(table).where(table.c.id.in_(messages)).values(state=DONE, done_at=at))

    async def record_failure(self, message: int, reason: str) -> None:
        """Count a failed attempt. The message stays at the head of its lane."""
        await self._set(message, attempts=table.c.attempts + 1, reason=reason)

    async def dead_letter(self, message: int, reason: str, *, at: datetime) -> None:
        """Make the message a dead letter: it is not retried automatically."""
        await self._set(message, state=DEAD_LETTERED, reason=reason, done_at=at)

    async def dead_letter_chat(self, chat: ChatId, reason: str, *, at: datetime) -> None:
        """Make all pending messages of the chat dead letters.

        The chat does not learn their values: restore what it knew before (spec K9).
        """
        waits = (table.c.lane == chat) & (table.c.state == PENDING)
        found = await self._connection.execute(
            select(table.c.told_before).where(waits, table.c.told_before.is_not(None)).order_by(table.c.id)
        )
        before: dict[tuple[ConnectionId, str], ReportedValue | None] = {}
        for told_before in found.scalars():
            for connection, column, value in told_before:
                before.setdefault((ConnectionId(connection), column), REPORTED_VALUE.decode(value))
        await self._reported_values.save({key: value for key, value in before.items() if value})
        await self._reported_values.forget([key for key, value in before.items() if value is None])
        await self._connection.execute(
            update(table).where(waits).values(state=DEAD_LETTERED, reason=reason, done_at=at)
        )

    async def _set(self, message: int, **values: object) -> None:
        await self._connection.execute(update(table).where(table.c.id == message).values(**values))


def _row(message: OutgoingMessage, at: int) -> dict[str, object]:
    before = [[*key, REPORTED_VALUE.encode(value)] for key, value in message.previously_reported.items()]
    return {
        "key": message.key,
        "lane": message.chat_id,
        "connection_id": message.connection_id,
        "body": message.activity,
        "told_before": json.dumps(before) if before else None,
        "caused_at": None if message.caused_at is None else microseconds(message.caused_at),
        "correlation_id": correlation_id(),
        "received_at": at,
        "due_at": at,
        "state": PENDING,
        "attempts": 0,
    }


def _waiting(row: RowMapping, posts: Sequence[datetime]) -> PendingMessage:
    return PendingMessage(
        id=row["message_id"],
        chat=chat_from_row(row),
        activity=row["body"],
        attempts=row["attempts"],
        enqueued_at=row["received_at"],
        correlation_id=row["correlation_id"],
        caused_at=row["caused_at"],
        posts=posts,
    )
