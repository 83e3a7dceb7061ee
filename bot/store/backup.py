"""Copies of a SQLite database while processes write to it."""

import asyncio
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from bot.domain.errors import NotSupported, Unavailable
from bot.private_files import create_private
from bot.store.engine import BUSY_S, Engines


async def back_up(engines: Engines, file: Path) -> None:
    """Write a checked copy of the database to a new file, which only this account can read.

    Raises `NotSupported` for PostgreSQL and for a file that exists, and `Unavailable` if the copy cannot be written.
    """
    url = engines.reading.url
    if url.get_backend_name() != "sqlite":
        raise NotSupported("This command copies SQLite files.", "Run pg_dump for PostgreSQL. See docs/operators.md.")
    await asyncio.to_thread(_copy, str(url.database), file)


def _copy(database: str, file: Path) -> None:
    if file.exists():
        raise NotSupported("The file of the backup exists.", "Choose the name of a new file.")
    try:
        create_private(file)
        # Readers of a database in WAL mode neither wait for writers nor stop them.
        with closing(sqlite3.connect(database, timeout=BUSY_S)) as source:
            source.execute("VACUUM INTO ?", (str(file),))
        _check(file)
        _persist(file)
        _persist(file.parent)
    except (sqlite3.Error, OSError) as error:
        file.unlink(missing_ok=True)
        raise Unavailable(
            "The backup could not be written.", "Check the folder of the file and its free space."
        ) from error


def _check(file: Path) -> None:
    with closing(sqlite3.connect(file)) as copy:
        (answer,) = copy.execute("PRAGMA quick_check(1)").fetchone()
    if answer != "ok":
        raise sqlite3.DatabaseError(answer)


def _persist(path: Path) -> None:
    """Write the file or folder to the disk, so that a power failure cannot take it away."""
    if os.name == "nt" and path.is_dir():
        return  # Windows cannot open folders
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
