"""Databases that already have the product's tables: copies of a migrated one, because a migration takes a second."""

import os
import shutil
from pathlib import Path
from typing import Any

from sqlalchemy import Executable, create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.store.engine import Engines, create_engines
from bot.store.migrate import migrate
from bot.store.tables import metadata
from tests.fakes.postgres import PostgresCluster
from tests.plugins.cleaner import MEMORY, VARIABLE

_NAME = "migrated"
_CUT_OFF_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class MigratedDatabases:
    """Copies of databases. One of each kind is migrated for the first copy."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "migrated.db"
        self._made: set[PostgresCluster] = set()
        self._free: list[str] = []

    async def sqlite(self, file: Path) -> str:
        """Return the URL of a copy in this file."""
        if not self._file.exists():
            await _migrate(_sqlite(self._file))
        shutil.copy(self._file, file)
        return _sqlite(file)

    async def postgres(self, cluster: PostgresCluster) -> str:
        """Return the URL of a copy in this cluster."""
        if cluster not in self._made:
            await cluster.create(_NAME)
            await _migrate(cluster.address(_NAME))
            self._made.add(cluster)
        return self._free.pop() if self._free else await cluster.new_database(like=_NAME)

    async def give_back(self, address: str) -> None:
        """Empty a database of `postgres`, for reuse: creating a new one takes twice as long."""
        engine = create_async_engine(address)
        async with engine.begin() as connection:
            await connection.execute(text(_CUT_OFF_OTHERS))
            names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
            await connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
        await engine.dispose()
        self._free.append(address)


def memory_folder() -> Path | None:
    """Return the run's folder in memory; None if the system has none, or if there is too little room."""
    folder = MEMORY / Path(os.environ[VARIABLE]).name
    return folder if folder.is_dir() else None


class DatabaseReader:
    """A reader of a database beside the product.

    Tests ask again and again whether everything is done. Of SQLite they ask without the threads of the product's
    driver, which take more time than the answer.
    """

    def __init__(self, engines: Engines) -> None:
        url = engines.reading.url
        self._engines = engines
        self._direct = create_engine(url.set(drivername="sqlite")) if url.get_backend_name() == "sqlite" else None

    async def rows(self, statement: Executable) -> list[dict[str, Any]]:
        """Return the rows that a statement selects."""
        if self._direct:
            with self._direct.connect() as connection:
                return [dict(row) for row in connection.execute(statement).mappings()]
        async with self._engines.reading.connect() as found:
            return [dict(row) for row in (await found.execute(statement)).mappings()]

    def close(self) -> None:
        """Close the reader's own connections."""
        if self._direct:
            self._direct.dispose()


def _sqlite(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


async def _migrate(url: str) -> None:
    engines = create_engines(url)
    await migrate(engines.writing)
    await engines.close()
