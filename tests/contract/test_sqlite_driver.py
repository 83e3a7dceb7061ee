import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import aiosqlite
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from bot.store.engine import Engines, create_engines

pytestmark = pytest.mark.one_database


@pytest.fixture
async def engines(tmp_path: Path) -> AsyncIterator[Engines]:
    made = create_engines(f"sqlite+aiosqlite:///{tmp_path}/x.db")
    async with made.writing.begin() as connection:
        await connection.execute(text("CREATE TABLE record (id INTEGER PRIMARY KEY, name TEXT UNIQUE)"))
    yield made
    await made.close()


@pytest.fixture
def calls(engines: Engines, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the calls to the threads of connections from now on."""
    made: list[str] = []
    execute: Any = aiosqlite.Connection._execute

    async def counted(connection: aiosqlite.Connection, work: Any, *arguments: Any) -> Any:
        made.append(work.__name__)
        return await execute(connection, work, *arguments)

    monkeypatch.setattr(aiosqlite.Connection, "_execute", counted)
    return made


async def test_a_statement_is_one_call_to_the_thread(engines: Engines, calls: list[str]) -> None:
    async with engines.writing.begin() as connection:
        await connection.execute(text("INSERT INTO record (name) VALUES (:name)"), [{"name": "a"}, {"name": "b"}])
        found = await connection.execute(text("SELECT name FROM record ORDER BY id"))
        assert found.scalars().all() == ["a", "b"]
    assert calls == ["_run", "_run", "commit"]  # the first one begins the transaction, too


async def test_statements_report_what_they_changed(engines: Engines) -> None:
    async with engines.writing.begin() as connection:
        many = await connection.execute(
            text("INSERT INTO record (name) VALUES (:name)"), [{"name": "a"}, {"name": "b"}]
        )
        assert many.rowcount == 2
        one = await connection.execute(text("INSERT INTO record (name) VALUES ('c')"))
        assert (one.rowcount, one.lastrowid, one.returns_rows) == (1, 3, False)
        changed = await connection.execute(text("UPDATE record SET name = name || '!' WHERE id < 3 RETURNING name"))
        assert (sorted(changed.scalars()), changed.rowcount) == (["a!", "b!"], 2)


async def test_errors_and_rollbacks_leave_nothing_behind(engines: Engines) -> None:
    insert = text("INSERT INTO record (name) VALUES ('a')")

    async def insert_twice() -> None:
        async with engines.writing.begin() as connection:
            await connection.execute(insert)
            await connection.execute(insert)

    async def read_nothing() -> None:
        async with engines.reading.begin() as connection:
            await connection.execute(text("SELECT nothing FROM nowhere"))

    with pytest.raises(IntegrityError):
        await insert_twice()
    with pytest.raises(OperationalError):
        await read_nothing()
    async with engines.writing.begin() as connection:
        await connection.execute(insert)
        await connection.rollback()
    async with engines.reading.connect() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM record"))).scalar() == 0


async def test_a_transaction_that_could_not_begin_changes_nothing(engines: Engines, tmp_path: Path) -> None:
    insert = text("INSERT INTO record (name) VALUES ('a')")
    async with engines.writing.connect() as connection:
        await connection.execute(text("PRAGMA busy_timeout = 0"))
        await connection.rollback()
        with closing(sqlite3.connect(tmp_path / "x.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(OperationalError, match="locked"):
                await connection.execute(insert)
        # The lock is free. What follows is still one transaction.
        await connection.execute(insert)
        await connection.rollback()
        assert (await connection.execute(text("SELECT count(*) FROM record"))).scalar() == 0


async def test_a_transaction_without_statements_needs_no_call(engines: Engines, calls: list[str]) -> None:
    async with engines.writing.begin():
        pass
    assert not calls
