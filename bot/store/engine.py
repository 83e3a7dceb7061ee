"""Engines: one that reads and one that writes, set up for SQLite or PostgreSQL."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.domain.errors import Unavailable

BUSY_S = 10
"""How long SQLite waits for another process that writes, before it gives up."""

_READERS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Engines:
    """On PostgreSQL the two are one; on SQLite one connection writes, so that writers queue and never collide."""

    reading: AsyncEngine
    writing: AsyncEngine

    async def close(self) -> None:
        """Closes every connection."""
        await self.reading.dispose()
        await self.writing.dispose()


async def require_answer(engines: Engines) -> None:
    """Returns when the database answers; raises `Unavailable` where it does not."""
    try:
        async with engines.reading.connect() as connection:
            await connection.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError) as error:
        raise Unavailable("The database does not answer.", "Check CHATSYNC_DATABASE_URL and the server.") from error


def create_engines(url: str) -> Engines:
    """Engines for `sqlite+aiosqlite:///…` or `postgresql+asyncpg://…`; nothing is connected yet."""
    # Parameters hold record values: they stay out of errors and so out of logs.
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
        # The driver would begin transactions by itself, too late and without IMMEDIATE.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode = WAL",
            # In WAL mode NORMAL may lose the last commits when the power fails.
            "synchronous = FULL",
            "foreign_keys = ON",
            f"busy_timeout = {BUSY_S * 1000}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def began(connection: Any) -> None:
        connection.exec_driver_sql(begin)
