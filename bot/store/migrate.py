"""Brings the database to the form that this version of the product expects.

Alembic is used because it is what administrators of SQLAlchemy databases know; it is set up here, in code, so that
there is no file of settings to keep in step.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

SCRIPTS = Path(__file__).parent / "migrations"

_LOCK = 0x43686174  # "Chat": the number under which PostgreSQL lets one process at a time migrate


async def migrate(engine: AsyncEngine) -> None:
    """Applies the migrations that the database lacks; processes that start together do it one after the other."""
    async with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        await connection.run_sync(_upgrade)


def _upgrade(connection: Connection) -> None:
    command.upgrade(configuration(connection), "head")


def configuration(connection: Connection) -> Config:
    """Alembic's settings for work on this connection."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    return config
