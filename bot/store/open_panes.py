"""The record that each pane shows now, so that people see who else has it open. All processes share them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.open_panes import OpenPane
from bot.domain.values import EnvironmentId, ObjectId, RecordRef
from bot.store import upsert
from bot.store.tables import open_pane as table


class OpenPanes:
    """The panes by the digests of their sessions. Retention deletes those that were closed."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, digest: str) -> OpenPane | None:
        """Return the record that the pane showed last, or None."""
        found = await self._connection.execute(select(table).where(table.c.digest == digest))
        row = found.mappings().one_or_none()
        if row is None:
            return None
        record = RecordRef(environment=EnvironmentId(row["environment"]), table=row["table"], row_id=row["row_id"])
        return OpenPane(person=ObjectId(row["object_id"]), record=record, seen_at=row["seen_at"])

    async def save(self, digest: str, pane: OpenPane) -> None:
        """Store the record that the pane shows, and the time."""
        values = {
            "object_id": pane.person,
            "environment": pane.record.environment,
            "table": pane.record.table,
            "row_id": pane.record.row_id,
            "seen_at": pane.seen_at,
        }
        statement = upsert.insert(self._connection, table).values(digest=digest, **values)
        await self._connection.execute(statement.on_conflict_do_update(index_elements=[table.c.digest], set_=values))

    async def delete(self, digest: str) -> None:
        """Delete the record of the pane, which may be deleted already."""
        await self._connection.execute(delete(table).where(table.c.digest == digest))

    async def people(
        self, record: RecordRef, *, after: datetime, without: ObjectId, at_most: int
    ) -> Sequence[ObjectId]:
        """Return the other people who had the record open after this time, in the order of their IDs."""
        same_record = (table.c.environment == record.environment) & (table.c.table == record.table)
        shown = same_record & (table.c.row_id == record.row_id) & (table.c.seen_at > after)
        query = select(table.c.object_id).where(shown, table.c.object_id != without).group_by(table.c.object_id)
        rows = await self._connection.execute(query.order_by(func.lower(table.c.object_id)).limit(at_most))
        return [ObjectId(each) for (each,) in rows]
