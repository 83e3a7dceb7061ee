"""The stored state that the pane shows, without asking any other system (spec P9)."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.values import ChatId, RecordRef
from bot.store.decisions import IS_OPEN
from bot.store.tables import chat, chat_rules, connection, connection_rules, decision


class PaneState:
    """Active connections with their chats, as plain rows to compare."""

    def __init__(self, db: AsyncConnection) -> None:
        self._db = db

    async def rows(self, record: RecordRef | None, chats: Collection[ChatId]) -> list[tuple[object, ...]]:
        """Return the connections of the record and of the chats, oldest first."""
        shown: ColumnElement[bool] = connection.c.chat_id.in_(chats)
        if record is not None:
            same_table = (connection.c.environment == record.environment) & (connection.c.table == record.table)
            shown |= same_table & (connection.c.row_id == record.row_id)
        query = (
            select(
                connection.c.id,
                connection.c.record_name,
                connection.c.record_number,
                connection.c.paused_at,
                chat.c.topic,
                chat.c.bot_present,
                chat.c.last_writer_id,
                chat.c.last_written_at,
            )
            .join_from(connection, chat, chat.c.id == connection.c.chat_id)
            .where(connection.c.ended_at.is_(None), shown)
            .order_by(connection.c.id)
        )
        return [tuple(row) for row in await self._db.execute(query)]

    async def chat_rows(self, chat_id: ChatId) -> list[tuple[object, ...]]:
        """Return the connections of the chat with the versions of their rules, and of their last decisions."""
        latest = select(func.max(decision.c.id)).where(decision.c.connection_id == connection.c.id)
        held = select(func.count()).where(IS_OPEN, decision.c.connection_id == connection.c.id)
        rules = select(connection_rules.c.version).where(connection_rules.c.connection_id == connection.c.id)
        query = (
            select(
                connection.c.id,
                connection.c.record_name,
                connection.c.record_number,
                connection.c.paused_at,
                chat.c.bot_present,
                chat_rules.c.version,
                rules.scalar_subquery(),
                latest.scalar_subquery(),
                held.scalar_subquery(),
            )
            .join_from(connection, chat, chat.c.id == connection.c.chat_id)
            .outerjoin(chat_rules, chat_rules.c.chat_id == connection.c.chat_id)
            .where(connection.c.ended_at.is_(None), connection.c.chat_id == chat_id)
            .order_by(connection.c.id)
        )
        return [tuple(row) for row in await self._db.execute(query)]
