"""Changes that people made on the cards of chats."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.notifications.own_changes import OwnChange, RowVersion
from bot.domain.values import ChatId, RecordRef, UserId
from bot.store.record_conditions import of_record
from bot.store.tables import own_change as table
from bot.store.upsert import insert

# Built once, because each event needs it.
_OF_RECORD = select(table.c.chat_id, table.c.user_id, table.c.modified_at).where(of_record(table))


class OwnChangeLog:
    """Changes made on cards, for the events that Dataverse sends about them. Retention deletes them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, change: OwnChange, *, at: datetime) -> None:
        """Store the change."""
        record = change.record
        statement = insert(self._connection, table).values(
            chat_id=change.chat_id,
            environment=record.environment,
            table=record.table,
            row_id=record.row_id,
            user_id=change.user,
            modified_at=change.modified_at,
            at=at,
        )
        await self._connection.execute(statement)

    async def of_record(self, record: RecordRef) -> Mapping[ChatId, frozenset[RowVersion]]:
        """Return the versions of the record that the cards of each chat made."""
        found: dict[ChatId, set[RowVersion]] = {}
        for chat, user, modified_at in await self._connection.execute(_OF_RECORD, asdict(record)):
            found.setdefault(ChatId(chat), set()).add((UserId(user), modified_at))
        return {chat: frozenset(versions) for chat, versions in found.items()}
