"""People who do not want to be mentioned (spec V12)."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.values import ObjectId
from bot.store.tables import mention_opt_out as table
from bot.store.upsert import insert


class MentionOptOuts:
    """The choices of people in each tenant. Retention deletes them after the tenant's last connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, tenant: str, people: Sequence[ObjectId]) -> frozenset[ObjectId]:
        """Return those of the people who do not want to be mentioned."""
        query = select(table.c.person_id).where(table.c.tenant_id == tenant, table.c.person_id.in_(people))
        return frozenset(map(ObjectId, (await self._connection.execute(query)).scalars()))

    async def add(self, tenant: str, person: ObjectId) -> bool:
        """Store that the person does not want to be mentioned; return False if that was stored before."""
        statement = insert(self._connection, table).values(tenant_id=tenant, person_id=person)
        return (await self._connection.execute(statement.on_conflict_do_nothing())).rowcount > 0

    async def remove(self, tenant: str, person: ObjectId) -> bool:
        """Delete the choice of the person; return False if there is none."""
        mine = (table.c.tenant_id == tenant) & (table.c.person_id == person)
        return (await self._connection.execute(delete(table).where(mine))).rowcount > 0
