"""Reported changes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.reported_change import ReportedChange
from bot.domain.values import ChatId, EnvironmentId, RecordRef
from bot.store.codecs import BUTTONS, COLUMNS
from bot.store.tables import told_change as table


class ReportedChanges:
    """Changes on cards whose values each reader loads with their own rights. Retention deletes them like queue rows."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, changes: Sequence[ReportedChange], *, at: datetime) -> None:
        """Store the changes."""
        if changes:
            await self._connection.execute(insert(table), [{**_row(each), "told_at": at} for each in changes])

    async def get(self, key: str) -> ReportedChange | None:
        """Return the change, or None if retention has deleted it."""
        found = await self._connection.execute(select(table).where(table.c.key == key))
        row = found.mappings().one_or_none()
        return _change(row) if row else None


def _row(change: ReportedChange) -> dict[str, object]:
    return {
        "key": change.key,
        "chat_id": change.chat_id,
        "environment": change.record.environment,
        "table": change.record.table,
        "row_id": change.record.row_id,
        "changed_at": change.at,
        "people": list(change.people),
        "columns": COLUMNS.encode(change.columns),
        "news": list(change.news),
        "buttons": BUTTONS.encode(change.buttons),
    }


def _change(row: Mapping[Any, Any]) -> ReportedChange:
    return ReportedChange(
        key=row["key"],
        chat_id=ChatId(row["chat_id"]),
        record=RecordRef(environment=EnvironmentId(row["environment"]), table=row["table"], row_id=row["row_id"]),
        at=row["changed_at"],
        people=tuple(row["people"]),
        columns=COLUMNS.decode(row["columns"]),
        news=tuple(row["news"]),
        buttons=BUTTONS.decode(row["buttons"]),
    )
