"""Positions in Dataverse's change tracking."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.values import EnvironmentId
from bot.store.tables import change_link as table
from bot.store.upsert import insert


class ChangeTracking:
    """Positions in Dataverse's change tracking, one for each table."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get_delta_link(self, environment: EnvironmentId, name: str) -> str | None:
        """Return the link that requests the table's changes since the last read, or None."""
        mine = (table.c.environment == environment) & (table.c.table == name)
        link: str | None = (await self._connection.execute(select(table.c.link).where(mine))).scalar()
        return link

    async def save_delta_link(self, environment: EnvironmentId, name: str, link: str, *, at: datetime) -> None:
        """Replace the table's link."""
        statement = insert(self._connection, table).values(environment=environment, table=name, link=link, taken_at=at)
        await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["environment", "table"], set_={"link": link, "taken_at": at}
            )
        )
