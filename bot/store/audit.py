"""The audit log."""

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.audit import AuditEntry
from bot.store.tables import audit as table


class Audit:
    """The audit log."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, entry: AuditEntry) -> None:
        """Add the entry. The columns that name a record stay empty if the entry is about something else."""
        record = entry.record
        await self._connection.execute(
            insert(table).values(
                at=entry.at,
                act=entry.act,
                person_id=entry.person_id,
                person_name=entry.person_name,
                chat_id=entry.chat_id,
                environment=record.environment if record else entry.environment or "",
                table=record.table if record else "",
                row_id=record.row_id if record else "",
                details=dict(entry.details),
            )
        )
