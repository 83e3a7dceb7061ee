"""Write the samples as SQL dumps of the current revision: `python -m tests.contract.dump`.

Run it in the commit that adds a migration, and keep the dumps of earlier revisions: the tests load every dump.
"""

import asyncio
import sqlite3
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import create_async_engine

from bot.store.administration import Administration
from bot.store.engine import create_engines
from bot.store.migrate import migrate, newest_revision
from bot.store.unit_of_work import Store
from tests.contract.samples import fill
from tests.fakes.postgres import PostgresCluster

FOLDER = Path(__file__).parent / "dumps"


async def restore(url: str, script: str) -> None:
    """Execute the dump in an empty database."""
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        await (driver.executescript(script) if url.startswith("sqlite") else driver.execute(script))
    await engine.dispose()


async def fill_new(url: str) -> None:
    """Create the tables in an empty database, and store the samples."""
    engines = create_engines(url)
    await migrate(engines.writing)
    await fill(Administration(engines), Store(engines, lambda _: None))
    await engines.close()


async def dump_sqlite() -> str:
    """Return the samples as SQL for SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        file = f"{folder}/samples.db"
        await fill_new(f"sqlite+aiosqlite:///{file}")
        connection = sqlite3.connect(file)
        script = "\n".join(connection.iterdump()) + "\n"
        connection.close()
        return script


async def dump_postgres() -> str:
    """Return the samples as SQL for PostgreSQL, which must be installed with `pg_dump`."""
    cluster = PostgresCluster.found()
    if cluster is None:
        raise SystemExit("Install PostgreSQL (initdb, pg_ctl, and pg_dump).")
    with cluster:
        url = await cluster.new_database()
        await fill_new(url)
        return await asyncio.to_thread(_pg_dump, url.replace("+asyncpg", ""))


def _pg_dump(url: str) -> str:
    command = ["pg_dump", "--inserts", "--no-owner", "--no-privileges", url]
    dump = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    # Comments, psql commands, and settings differ by version of PostgreSQL.
    unwanted = ("--", "\\", "SET ", "SELECT pg_catalog.set_config")
    return "\n".join(line for line in dump.splitlines() if line and not line.startswith(unwanted)) + "\n"


def main() -> None:
    """Write one dump for each kind of database."""
    for kind, dump in (("sqlite", dump_sqlite), ("postgresql", dump_postgres)):
        FOLDER.joinpath(f"{newest_revision()}.{kind}.sql").write_text(asyncio.run(dump()), encoding="utf-8")


if __name__ == "__main__":
    main()
