"""Database engines for reading and writing, on SQLite or PostgreSQL."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.domain.errors import Unavailable
from bot.logs import get_logger
from bot.private_files import create_private, restrict

BUSY_S = 10
"""Seconds that SQLite waits for the writer of another process before it fails."""

_READERS = 4
_POSTGRES_CONNECTIONS = 20
"""Maximum number of connections of this process, which are opened when they are needed."""

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Engines:
    """The engines for reading and writing.

    On PostgreSQL they are one engine. On SQLite, all writes share one connection, so that they queue and never collide.
    """

    reading: AsyncEngine
    writing: AsyncEngine

    async def close(self) -> None:
        """Close all connections."""
        await self.reading.dispose()
        await self.writing.dispose()


async def require_answer(engines: Engines) -> None:
    """Return if the database responds; raises `Unavailable` if it does not."""
    try:
        async with engines.reading.connect() as connection:
            await connection.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError) as error:
        raise Unavailable("The database is not responding.", "Check CHATSYNC_DATABASE_URL and the server.") from error


def create_engines(url: str) -> Engines:
    """Return engines for `sqlite+aiosqlite:///…` or `postgresql+asyncpg://…` without connecting yet.

    A file of SQLite is made readable for this account only, because it contains names and values of records.
    """
    parsed = make_url(url)
    # Parameters contain record values: hide them from errors, and so from logs.
    if parsed.get_backend_name() == "sqlite":
        _make_private(parsed.database)
        # Import here: one process uses only one of the two databases.
        from bot.store.sqlite_driver import SQLiteDriver

        driver = SQLiteDriver()
        reading = create_async_engine(url, module=driver, hide_parameters=True, pool_size=_READERS, max_overflow=0)
        writing = create_async_engine(url, module=driver, hide_parameters=True, pool_size=1, max_overflow=0)
        _set_up_sqlite(reading, begin="BEGIN")
        _set_up_sqlite(writing, begin="BEGIN IMMEDIATE")
        return Engines(reading=reading, writing=writing)
    engine = create_async_engine(url, hide_parameters=True, pool_size=_POSTGRES_CONNECTIONS, max_overflow=0)
    _replace_closed_connections(engine)
    # At PostgreSQL's level "read committed", a transaction that only reads has no effect, but it takes two round trips.
    return Engines(reading=engine.execution_options(isolation_level="AUTOCOMMIT"), writing=engine)


def _replace_closed_connections(engine: AsyncEngine) -> None:
    """Connect again if the server or the network closed a connection in the pool.

    The driver knows this at once. To ask the server before each use would take three round trips.
    """

    @event.listens_for(engine.sync_engine, "checkout")
    def checked_out(connection: Any, _entry: ConnectionPoolEntry, _proxy: object) -> None:
        if connection.driver_connection.is_closed():
            raise DisconnectionError


def _make_private(database: str | None) -> None:
    if not database or database.startswith((":", "file:")):
        return  # SQLite would not use a file with this name
    # If the file cannot be created, SQLite reports it when it connects.
    with suppress(OSError):
        create_private(Path(database))
    # SQLite creates the other two files with the permissions of the first.
    private = [restrict(Path(database + suffix)) for suffix in ("", "-wal", "-shm")]
    if not all(private):
        _log.warning("store.file_not_private")


def _set_up_sqlite(engine: AsyncEngine, *, begin: str) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        # Without this, the driver begins transactions itself, too late and without IMMEDIATE.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode = WAL",
            # In WAL mode, NORMAL may lose the last commits after a power failure.
            "synchronous = FULL",
            "foreign_keys = ON",
            f"busy_timeout = {BUSY_S * 1000}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def began(connection: Any) -> None:
        connection.connection.dbapi_connection.begin = begin
