"""The last values that chats were notified of."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.key_fields import ReportedValue
from bot.domain.values import ConnectionId
from bot.store.codecs import raw_from_json
from bot.store.lists import one_of
from bot.store.tables import field_value as table
from bot.store.upsert import Insert, built

_COLUMNS = ("raw", "text", "at", "taken_at", "watch")
"""All fields of a reported value."""
_FOR_CONNECTIONS = select(table).where(one_of(table.c.connection_id, "connections"))


def _save(insert: Insert) -> Any:
    return _upsert(insert(table), None)


def _save_unless_newer(insert: Insert) -> Any:
    new = insert(table)
    return _upsert(new, table.c.at <= new.excluded.at)


def _add(insert: Insert) -> Any:
    new = insert(table)
    return _upsert(new, table.c.watch < new.excluded.watch)


def _upsert(new: Any, replaces: ColumnElement[bool] | None) -> Any:
    return new.on_conflict_do_update(
        index_elements=["connection_id", "column"],
        set_={name: new.excluded[name] for name in _COLUMNS},
        where=replaces,
    )


class ReportedValues:
    """The last key field values that each connection's chat was notified of (spec K2)."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def for_connections(
        self, connections: Sequence[ConnectionId]
    ) -> Mapping[ConnectionId, Mapping[str, ReportedValue]]:
        """Return the known values of each connection by column."""
        known: dict[ConnectionId, dict[str, ReportedValue]] = defaultdict(dict)
        found = await self._connection.execute(_FOR_CONNECTIONS, {"connections": connections})
        for row in found.mappings():
            value = ReportedValue(
                raw=raw_from_json(row["raw"]),
                text=row["text"],
                at=row["at"],
                taken_at=row["taken_at"],
                watch=row["watch"],
            )
            known[ConnectionId(row["connection_id"])][row["column"]] = value
        return known

    async def forget(self, values: Sequence[tuple[ConnectionId, str]]) -> None:
        """Delete the values of these columns."""
        for of, column in values:
            mine = (table.c.connection_id == of) & (table.c.column == column)
            await self._connection.execute(delete(table).where(mine))

    async def forget_earlier(self, connections: Sequence[ConnectionId], column: str, *, before: int) -> None:
        """Delete the column's values of watches before this number."""
        mine = table.c.connection_id.in_(connections) & (table.c.column == column) & (table.c.watch < before)
        await self._connection.execute(delete(table).where(mine))

    async def forget_connections(self, connections: Sequence[ConnectionId]) -> None:
        """Delete all values of these connections."""
        await self._connection.execute(delete(table).where(table.c.connection_id.in_(connections)))

    async def save(
        self, values: Mapping[tuple[ConnectionId, str], ReportedValue], *, unless_newer: bool = False
    ) -> None:
        """Store the values, replacing earlier ones. `unless_newer`: keep stored values of a later time."""
        await self._execute(_save_unless_newer if unless_newer else _save, values)

    async def add(self, values: Mapping[tuple[ConnectionId, str], ReportedValue]) -> None:
        """Store values that were read when their columns began to be watched, unless others were stored since then."""
        await self._execute(_add, values)

    async def _execute(
        self, build: Callable[[Insert], Any], values: Mapping[tuple[ConnectionId, str], ReportedValue]
    ) -> None:
        # Sort to avoid deadlocks between transactions.
        rows = [{"connection_id": of, "column": column, **_row(values[of, column])} for of, column in sorted(values)]
        if rows:
            await self._connection.execute(built(self._connection, build), rows)


def _row(value: ReportedValue) -> dict[str, object]:
    return {name: getattr(value, name) for name in _COLUMNS}
