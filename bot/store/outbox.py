"""Rows of the outbox: messages that are kept until Teams has them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import RowMapping, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.observe import correlation
from bot.ports import OutgoingMessage, Queue, WaitingMessage
from bot.store.chats import CHAT_COLUMNS, chat_of
from bot.store.lanes import LaneRows
from bot.store.tables import DONE, PARKED, WAITING, chat
from bot.store.tables import outbox as table
from bot.store.upsert import insert


class OutboxRows:
    """See `bot.ports.Outbox`."""

    def __init__(self, connection: AsyncConnection, lanes: LaneRows) -> None:
        self._connection = connection
        self._lanes = lanes

    async def put(self, messages: Sequence[OutgoingMessage], *, at: datetime) -> None:
        """Keeps each message as the last of its chat, unless one with its key is kept already."""
        rows = [_row(message, at) for message in messages]
        if not rows:
            return
        statement = insert(self._connection, table).on_conflict_do_nothing(index_elements=["key"])
        await self._connection.execute(statement, rows)
        await self._lanes.open(Queue.OUTBOX, [message.chat_id for message in messages], due_at=at)

    async def head(self, lane: str) -> WaitingMessage | None:
        """The next message of the lane, and the chat as it is reached now."""
        found = await self._connection.execute(
            select(table.c.id.label("message_id"), table.c.body, table.c.attempts, table.c.received_at)
            .add_columns(table.c.correlation_id, *CHAT_COLUMNS)
            .join(chat, chat.c.id == table.c.lane)
            .where(table.c.lane == lane, table.c.state == WAITING)
            .order_by(table.c.id)
            .limit(1)
        )
        row = found.mappings().one_or_none()
        return _waiting(row) if row else None

    async def sent(self, message: int, *, at: datetime) -> None:
        """Teams has taken the message."""
        await self._set(message, state=DONE, done_at=at)

    async def failed(self, message: int, reason: str) -> None:
        """Teams has not taken it; it stays at the head of its lane."""
        await self._set(message, attempts=table.c.attempts + 1, reason=reason)

    async def park(self, message: int, reason: str, *, at: datetime) -> None:
        """It will not be tried again by itself."""
        await self._set(message, state=PARKED, reason=reason, done_at=at)

    async def _set(self, message: int, **values: object) -> None:
        await self._connection.execute(update(table).where(table.c.id == message).values(**values))


def _row(message: OutgoingMessage, at: datetime) -> dict[str, object]:
    return {
        "key": message.key,
        "lane": message.chat_id,
        "connection_id": message.connection_id,
        "body": message.activity,
        "correlation_id": correlation(),
        "received_at": at,
        "due_at": at,
        "state": WAITING,
        "attempts": 0,
    }


def _waiting(row: RowMapping) -> WaitingMessage:
    return WaitingMessage(
        id=row["message_id"],
        chat=chat_of(row),
        activity=row["body"],
        attempts=row["attempts"],
        kept_at=row["received_at"],
        correlation_id=row["correlation_id"],
    )
