"""Brings the database to the form that this version of the product expects.

Alembic is used because it is what administrators of SQLAlchemy databases know; it is set up here, in code, so that
there is no file of settings to keep in step.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.domain.errors import NotSupported, Unavailable

if TYPE_CHECKING:
    from alembic.config import Config

SCRIPTS = Path(__file__).parent / "migrations"

_LOCK = 0x43686174  # "Chat": the number under which PostgreSQL lets one process at a time migrate


async def migrate(engine: AsyncEngine) -> None:
    """Applies the migrations that the database lacks; processes that start together do it one after the other."""
    if await _is_up_to_date(engine):
        return
    async with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        await connection.run_sync(_upgrade)


async def require_up_to_date(engine: AsyncEngine) -> None:
    """Returns where there is nothing to apply; raises `NotSupported` where there is, or `Unavailable`."""
    try:
        up_to_date = await _is_up_to_date(engine)
    except OSError as error:
        raise Unavailable("The database does not answer.") from error
    if not up_to_date:
        raise NotSupported(
            "The tables are not those of this version.", "Start Chat Sync: each start brings the database up to date."
        )


async def _is_up_to_date(engine: AsyncEngine) -> bool:
    """Whether there is nothing to apply: most starts, and those need not wait for Alembic to be imported."""
    newest = max(script.name.partition("_")[0] for script in (SCRIPTS / "versions").glob("[0-9]*.py"))
    try:
        async with engine.connect() as connection:
            return (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar() == newest
    except DBAPIError:
        return False  # an empty database has no such table; one that does not answer says so when it is migrated


def _upgrade(connection: Connection) -> None:
    from alembic import command

    command.upgrade(configuration(connection), "head")


def configuration(connection: Connection) -> "Config":
    """Alembic's settings for work on this connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    return config
