"""Upgrades: in place, safe for several processes at once, and without harm to processes of the version before."""

import asyncio
from collections.abc import AsyncIterator
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from bot.domain.database_schema import SchemaState
from bot.domain.errors import NotSupported
from bot.store.administration import Administration
from bot.store.engine import Engines, create_engines
from bot.store.migrate import migrate, newest_revision, read_schema, require_up_to_date, revisions
from bot.store.tables import connection, outbox
from bot.store.unit_of_work import Store
from tests.contract.dump import FOLDER, restore
from tests.contract.samples import LATER, fill
from tests.steps.pruned import prune
from tests.steps.schema_changes import LATER_REVISION, breaking_changes, change_to_later_revision, read_tables

FIRST_RELEASED = "0027"
"""The revision of version 1.0.0. Every later one only adds."""
BEFORE = revisions()[-2]
MUCH_LATER = LATER + timedelta(days=365)


def dump_of(revision: str, url: str) -> str:
    kind = "sqlite" if url.startswith("sqlite") else "postgresql"
    return Path(FOLDER, f"{revision}.{kind}.sql").read_text(encoding="utf-8")


@pytest.fixture
async def engines(empty_database_url: str) -> AsyncIterator[Engines]:
    """Return a database without tables."""
    made = create_engines(empty_database_url)
    yield made
    await made.close()


async def tables_of(engines: Engines) -> dict[str, dict[str, Any]]:
    async with engines.reading.begin() as database:
        return await database.run_sync(read_tables)


async def set_revision(engines: Engines, revision: str) -> None:
    async with engines.writing.begin() as database:
        await database.execute(text("UPDATE alembic_version SET version_num = :found"), {"found": revision})


async def test_of_several_processes_one_upgrades_and_the_others_find_the_work_done(
    engines: Engines, empty_database_url: str
) -> None:
    await restore(empty_database_url, dump_of(BEFORE, empty_database_url))
    processes = [create_engines(empty_database_url) for _ in range(4)]
    found = await asyncio.gather(*(migrate(each.writing) for each in processes))
    await asyncio.gather(*(each.close() for each in processes))
    states = [each.state for each in found]
    assert states.count(SchemaState.OLDER) == 1
    assert states.count(SchemaState.CURRENT) == 3
    assert (await read_schema(engines.reading)).state is SchemaState.CURRENT
    assert (await migrate(engines.writing)).state is SchemaState.CURRENT


async def test_a_failed_upgrade_changes_nothing_and_can_be_repeated(engines: Engines, empty_database_url: str) -> None:
    await restore(empty_database_url, dump_of("0023", empty_database_url))
    async with engines.writing.begin() as database:
        # The third migration from here fails.
        await database.execute(text("CREATE TABLE open_pane (digest VARCHAR)"))
    before = await tables_of(engines)
    with pytest.raises(Exception, match="open_pane"):
        await migrate(engines.writing)
    after = await tables_of(engines)
    assert breaking_changes(before, after) == breaking_changes(after, before) == []
    assert (await read_schema(engines.reading)).found == "0023"
    async with engines.writing.begin() as database:
        await database.execute(text("DROP TABLE open_pane"))
    await migrate(engines.writing)
    assert (await read_schema(engines.reading)).found == newest_revision()


async def test_a_database_of_a_later_version_is_left_alone(engines: Engines, empty_database_url: str) -> None:
    await restore(empty_database_url, dump_of(newest_revision(), empty_database_url))
    await set_revision(engines, LATER_REVISION)
    assert (await migrate(engines.writing)).state is SchemaState.NEWER
    await require_up_to_date(engines.writing)
    await set_revision(engines, "1000")
    for call in (migrate, require_up_to_date):
        with pytest.raises(NotSupported) as refused:
            await call(engines.writing)
        assert "Start the newer version" in refused.value.next_step
    await set_revision(engines, "0012")
    with pytest.raises(NotSupported, match="before the first release"):
        await migrate(engines.writing)


async def test_migrations_since_the_first_release_only_add(engines: Engines, empty_database_url: str) -> None:
    await restore(empty_database_url, dump_of(FIRST_RELEASED, empty_database_url))
    before = await tables_of(engines)
    await migrate(engines.writing)
    assert breaking_changes(before, await tables_of(engines)) == []
    # What it looks for is found. Otherwise, the line above says nothing.
    await change_to_later_revision(engines.writing)
    later = await tables_of(engines)
    assert breaking_changes(before, later) == []
    assert broken(later) == [
        "chat.channel has another type",
        "chat.later_number is gone",
        "chat.must is required",
        "connection has more rules: another primary key",
        "connection has more rules: references",
        "connection has more rules: unique",
        "table post is gone",
    ]


def broken(tables: dict[str, dict[str, Any]]) -> list[str]:
    """Return what is found after changes that the version before cannot work with."""
    changed = deepcopy(tables)
    del changed["post"]
    columns = changed["chat"]["columns"]
    del columns["later_number"]
    columns["channel"]["nullable"] = True
    columns["must"] = {"name": "must", "type": "VARCHAR", "nullable": False, "default": None}
    changed["connection"] |= {"unique": {("table",)}, "references": {("table",)}, "primary": ("table",)}
    return sorted(breaking_changes(tables, changed))


async def test_this_version_reads_and_writes_tables_of_a_later_version(
    engines: Engines, empty_database_url: str
) -> None:
    """Processes of this version run beside those of the next one, whose migrations add to the tables."""
    await migrate(engines.writing)
    await change_to_later_revision(engines.writing)
    store = Store(engines, lambda _: None)
    await fill(Administration(engines), store)
    async with engines.reading.begin() as database:
        numbers = [
            (await database.execute(text(f"SELECT DISTINCT later_number FROM {table}"))).scalars().all()  # noqa: S608
            for table in ("connection", "outbox", "inbox", "field_value", "decision", "audit", "chat_rules")
        ]
        assert len((await database.execute(select(connection.c.id))).all()) == 3
        assert (await database.execute(select(outbox.c.key))).all()
    assert numbers == [[7]] * 7
    async with store.writing() as work:
        assert await prune(work, MUCH_LATER) > 5
