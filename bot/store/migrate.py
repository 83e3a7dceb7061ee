"""Database migrations by Alembic.

Administrators of SQLAlchemy databases know Alembic. It is configured in code, so that there is no second settings file.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.domain.database_schema import Schema, SchemaState
from bot.domain.errors import NotSupported, Unavailable
from bot.logs import get_logger

if TYPE_CHECKING:
    from alembic.config import Config

SCRIPTS = Path(__file__).parent / "migrations"

_LOCK = 0x43686174  # "Chat": the key of the advisory lock that lets one process at a time migrate

_READ = text("SELECT version_num FROM alembic_version")

_log = get_logger(__name__)


def revisions() -> list[str]:
    """Return the IDs of all migrations in order, without importing Alembic."""
    return sorted(script.name.partition("_")[0] for script in (SCRIPTS / "versions").glob("[0-9]*.py"))


def newest_revision() -> str:
    """Return the ID of the newest migration."""
    return revisions()[-1]


async def migrate(engine: AsyncEngine) -> Schema:
    """Apply the missing migrations; return the schema from before. Processes that start together take turns.

    A database of a newer version stays as it is. Raises `NotSupported` if this version cannot work with it.
    """
    schema = await read_schema(engine)
    if not _needs_upgrade(schema):
        return schema
    async with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        return await connection.run_sync(_upgrade)


async def require_up_to_date(engine: AsyncEngine) -> None:
    """Return if no migration is missing; raises `NotSupported` if one is, or `Unavailable`."""
    try:
        schema = await read_schema(engine)
    except OSError as error:
        raise Unavailable("The database is not responding.") from error
    if _needs_upgrade(schema):
        raise NotSupported(
            "The database is not set up for this version.", "Start Chat Sync: each start updates the database."
        )


async def read_schema(engine: AsyncEngine) -> Schema:
    """Return the revision of the database. Most starts end here and need not import Alembic."""
    try:
        async with engine.connect() as connection:
            return _schema((await connection.execute(_READ)).scalar())
    except DBAPIError:
        return _schema(None)  # an empty database lacks the table; if the database is down, the migration reports it


def _schema(found: str | None) -> Schema:
    known = revisions()
    return Schema(found=found, first=known[0], newest=known[-1])


def _needs_upgrade(schema: Schema) -> bool:
    """Check whether migrations are missing; raise `NotSupported` if this version cannot work with the database."""
    if schema.state is SchemaState.TOO_NEW:
        raise NotSupported(
            "The database is of a newer version, which this version cannot work with.",
            "Start the newer version, or restore a backup from before its first start.",
        )
    if schema.state is SchemaState.UNKNOWN:
        raise NotSupported(
            "The database is of a version before the first release, and cannot be upgraded.",
            "Set CHATSYNC_DATABASE_URL to another database.",
        )
    if schema.state is SchemaState.NEWER:
        _log.warning("store.newer_database", found=schema.found, expected=schema.newest)
    return not schema.is_usable


def _upgrade(connection: Connection) -> Schema:
    """Apply the missing migrations, unless another process has done so since; return the schema from before."""
    from alembic import command
    from alembic.runtime.migration import MigrationContext

    # Unlike a statement on a missing table, this does not end the transaction of PostgreSQL.
    schema = _schema(MigrationContext.configure(connection).get_current_revision())
    if _needs_upgrade(schema):
        command.upgrade(configuration(connection), "head")
    return schema


def configuration(connection: Connection) -> "Config":
    """Return Alembic's configuration for this connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    return config
