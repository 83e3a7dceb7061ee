"""Database engines for reading and writing, on SQLite or PostgreSQL."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.domain.errors import Unavailable

BUSY_S = 10
"""Seconds that SQLite waits for the writer of another process before it fails."""

_READERS = 4


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
    """Return engines for `sqlite+aiosqlite:///…` or `postgresql+asyncpg://…` without connecting yet."""
    # Parameters contain record values: hide them from errors, and so from logs.
    if make_url(url).get_backend_name() == "sqlite":
        reading = create_async_engine(url, hide_parameters=True, pool_size=_READERS, max_overflow=0)
        writing = create_async_engine(url, hide_parameters=True, pool_size=1, max_overflow=0)
        _set_up_sqlite(reading, begin="BEGIN")
        _set_up_sqlite(writing, begin="BEGIN IMMEDIATE")
        return Engines(reading=reading, writing=writing)
    engine = create_async_engine(url, hide_parameters=True, pool_size=10, pool_pre_ping=True)
    return Engines(reading=engine, writing=engine)


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
        connection.exec_driver_sql(begin)
