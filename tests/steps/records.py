"""Samples and settings of records in the sandbox."""

from sqlalchemy import update

from bot.store.tables import record_type
from tests.wire.world import API, World

SECRET_CASE = "CAS-01005"
"""A case of another business unit: Patti Fernandez cannot see it."""


async def create(world: World, path: str, row: dict[str, object]) -> str:
    """Create a row and return its id."""
    async with world.session.post(f"{world.sandbox}{API}/{path}", json=row) as answer:
        assert answer.status == 204, await answer.text()
        return str(answer.headers["OData-EntityId"]).rpartition("(")[2].rstrip(")")


async def set_record_type(world: World, **values: object) -> None:
    """Change the settings of cases directly in the database, and restart the bot."""
    async with world.engines.writing.begin() as connection:
        await connection.execute(update(record_type).where(record_type.c.table == "incident").values(**values))
    await world.restart()
