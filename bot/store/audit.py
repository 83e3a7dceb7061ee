"""Rows of what people did."""

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports import AuditEntry
from bot.store.tables import audit as table


class AuditRows:
    """See `bot.ports.Audit`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, entry: AuditEntry) -> None:
        """Keeps the entry."""
        await self._connection.execute(
            insert(table).values(
                at=entry.at,
                act=entry.act,
                person_id=entry.person_id,
                person_name=entry.person_name,
                chat_id=entry.chat_id,
                environment=entry.record.environment,
                table=entry.record.table,
                row_id=entry.record.row_id,
                details=dict(entry.details),
            )
        )
