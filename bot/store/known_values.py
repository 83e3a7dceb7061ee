"""The last values that chats were notified of."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.key_fields import ReportedValue
from bot.domain.values import ConnectionId, EnvironmentId
from bot.store.codecs import raw_from_json
from bot.store.tables import connection
from bot.store.tables import field_value as table
from bot.store.upsert import insert


class ReportedValues:
    """The last key field values that each connection's chat was notified of (spec K2)."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def for_connections(
        self, connections: Sequence[ConnectionId]
    ) -> Mapping[ConnectionId, Mapping[str, ReportedValue]]:
        """Return the known values of each connection by column."""
        known: dict[ConnectionId, dict[str, ReportedValue]] = defaultdict(dict)
        found = await self._connection.execute(select(table).where(table.c.connection_id.in_(connections)))
        for row in found.mappings():
            value = ReportedValue(raw=raw_from_json(row["raw"]), text=row["text"], at=row["at"])
            known[ConnectionId(row["connection_id"])][row["column"]] = value
        return known

    async def forget(self, values: Sequence[tuple[ConnectionId, str]]) -> None:
        """Delete the values of these columns."""
        for of, column in values:
            mine = (table.c.connection_id == of) & (table.c.column == column)
            await self._connection.execute(delete(table).where(mine))

    async def forget_connections(self, connections: Sequence[ConnectionId]) -> None:
        """Delete all values of these connections."""
        await self._connection.execute(delete(table).where(table.c.connection_id.in_(connections)))

    async def forget_all(self, environment: EnvironmentId) -> None:
        """Delete all values of the environment's records."""
        there = select(connection.c.id).where(connection.c.environment == environment)
        await self._connection.execute(delete(table).where(table.c.connection_id.in_(there)))

    async def save(
        self, values: Mapping[tuple[ConnectionId, str], ReportedValue], *, unless_newer: bool = False
    ) -> None:
        """Store the values, replacing earlier ones. `unless_newer`: keep stored values of a later time."""
        rows = [
            {"connection_id": connection, "column": column, "raw": value.raw, "text": value.text, "at": value.at}
            for (connection, column), value in values.items()
        ]
        if not rows:
            return
        statement = insert(self._connection, table)
        await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["connection_id", "column"],
                set_={name: statement.excluded[name] for name in ("raw", "text", "at")},
                where=table.c.at <= statement.excluded.at if unless_newer else None,
            ),
            rows,
        )
