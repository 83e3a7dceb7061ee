"""Database migrations by Alembic.

Administrators of SQLAlchemy databases know Alembic. It is configured in code, so that there is no second settings file.
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

_LOCK = 0x43686174  # "Chat": the key of the advisory lock that lets one process at a time migrate


def newest_revision() -> str:
    """Return the id of the newest migration without importing Alembic."""
    return max(script.name.partition("_")[0] for script in (SCRIPTS / "versions").glob("[0-9]*.py"))


async def migrate(engine: AsyncEngine) -> None:
    """Apply the missing migrations. Processes that start together take turns."""
    if await _is_up_to_date(engine):
        return
    async with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        await connection.run_sync(_upgrade)


async def require_up_to_date(engine: AsyncEngine) -> None:
    """Return if no migration is missing; raises `NotSupported` if one is, or `Unavailable`."""
    try:
        up_to_date = await _is_up_to_date(engine)
    except OSError as error:
        raise Unavailable("The database is not responding.") from error
    if not up_to_date:
        raise NotSupported(
            "The database is not set up for this version.", "Start Chat Sync: each start updates the database."
        )


async def _is_up_to_date(engine: AsyncEngine) -> bool:
    """Return whether no migration is missing. Most starts end here and need not import Alembic."""
    try:
        async with engine.connect() as connection:
            return (
                await connection.execute(text("SELECT version_num FROM alembic_version"))
            ).scalar() == newest_revision()
    except DBAPIError:
        return False  # an empty database lacks the table; if the database is down, the migration reports it


def _upgrade(connection: Connection) -> None:
    from alembic import command

    command.upgrade(configuration(connection), "head")


def configuration(connection: Connection) -> "Config":
    """Return Alembic's configuration for this connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    return config
