"""Databases that have the product's tables already: copies of one that was migrated, which takes a second."""

import shutil
from pathlib import Path

from bot.store.engine import make_engines
from bot.store.migrate import migrate
from tests.fakes.postgres import PostgresCluster

_NAME = "migrated"


class MigratedDatabases:
    """Migrates one database of each kind when it is first asked for a copy."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "migrated.db"
        self._made: set[PostgresCluster] = set()

    async def sqlite(self, file: Path) -> str:
        """The address of a copy in this file."""
        if not self._file.exists():
            await _migrate(_sqlite(self._file))
        shutil.copy(self._file, file)
        return _sqlite(file)

    async def postgres(self, cluster: PostgresCluster) -> str:
        """The address of a copy in this cluster."""
        if cluster not in self._made:
            await cluster.create(_NAME)
            await _migrate(cluster.address(_NAME))
            self._made.add(cluster)
        return await cluster.new_database(like=_NAME)


def _sqlite(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


async def _migrate(url: str) -> None:
    engines = make_engines(url)
    await migrate(engines.writing)
    await engines.close()
