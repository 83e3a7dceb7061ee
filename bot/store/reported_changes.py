"""Rows of what cards said had changed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.reported_change import ReportedButton, ReportedChange, ReportedColumn
from bot.domain.values import ChatId, EnvironmentId, RecordRef
from bot.store.event_json import raw_from_json
from bot.store.tables import told_change as table


class ReportedChanges:
    """Reported changes whose values each reader loads with their own rights; retention deletes them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, changes: Sequence[ReportedChange], *, at: datetime) -> None:
        """Keeps the changes."""
        if changes:
            await self._connection.execute(insert(table), [{**_row(each), "told_at": at} for each in changes])

    async def get(self, key: str) -> ReportedChange | None:
        """The change of a card; None where it is not kept any more."""
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
        "columns": [asdict(each) for each in change.columns],
        "news": list(change.news),
        "buttons": [asdict(each) for each in change.buttons],
    }


def _change(row: Mapping[Any, Any]) -> ReportedChange:
    return ReportedChange(
        key=row["key"],
        chat_id=ChatId(row["chat_id"]),
        record=RecordRef(environment=EnvironmentId(row["environment"]), table=row["table"], row_id=row["row_id"]),
        at=row["changed_at"],
        people=tuple(row["people"]),
        columns=tuple(ReportedColumn(**{**each, "raw": raw_from_json(each["raw"])}) for each in row["columns"]),
        news=tuple(row["news"]),
        buttons=tuple(ReportedButton(**each) for each in row["buttons"]),
    )
