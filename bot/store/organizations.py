"""The organization ID of each environment."""

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.values import EnvironmentId
from bot.store.tables import environment as table


class Organizations:
    """The organization ID that the events of each environment contain."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, environment: EnvironmentId) -> str | None:
        """Return the ID, or None before the first event."""
        found = await self._connection.execute(select(table.c.organization_id).where(table.c.id == environment))
        return found.scalar()

    async def save(self, environment: EnvironmentId, organization: str) -> None:
        """Store the ID."""
        named = update(table).where(table.c.id == environment)
        await self._connection.execute(named.values(organization_id=organization))
