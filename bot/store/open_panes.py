"""The record that each pane shows now, so that people see who else has it open. All processes share them."""

from collections.abc import Mapping, Sequence

from sqlalchemy import RowMapping, delete
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.open_panes import OpenPane
from bot.domain.values import EnvironmentId, ObjectId, RecordRef
from bot.store import upsert
from bot.store.tables import open_pane as table


class OpenPanes:
    """The panes by the digests of their sessions. Retention deletes those that were closed."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def save(self, panes: Mapping[str, OpenPane]) -> None:
        """Store the records that the panes show, and the times."""
        if not panes:
            return
        rows = [{"digest": digest, **_values(pane)} for digest, pane in panes.items()]
        statement = upsert.insert(self._connection, table)
        changed = {name: statement.excluded[name] for name in _CHANGING}
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=[table.c.digest], set_=changed), rows
        )

    async def delete(self, digests: Sequence[str]) -> None:
        """Delete the records of the panes, which may be deleted already."""
        await self._connection.execute(delete(table).where(table.c.digest.in_(digests)))


_CHANGING = ("object_id", "environment", "table", "row_id", "seen_at")


def _values(pane: OpenPane) -> dict[str, object]:
    record = pane.record
    values = (pane.person, record.environment, record.table, record.row_id, pane.seen_at)
    return dict(zip(_CHANGING, values, strict=True))


def pane_from_row(row: RowMapping) -> OpenPane:
    """Return the pane of a row."""
    record = RecordRef(environment=EnvironmentId(row["environment"]), table=row["table"], row_id=row["row_id"])
    return OpenPane(person=ObjectId(row["object_id"]), record=record, seen_at=row["seen_at"])
