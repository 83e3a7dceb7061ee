"""Conditions on lists of any length."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from bot.store.outbox import _MARK_SENT
from bot.store.unit_of_work import Store

AT = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.mark.databases("postgresql")
async def test_lists_of_each_length_are_one_statement(store: Store) -> None:
    statements = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'UPDATE outbox%'")
    async with store.writing() as work:
        for length in range(6):
            await work.outbox.mark_sent(list(range(length)), at=AT)
        assert (await work.connection.execute(statements)).scalar_one() == 1


@pytest.mark.databases("sqlite")
async def test_sqlite_finds_the_values_of_a_list_in_an_index(store: Store) -> None:
    async with store.writing() as work:
        raw: Any = (await work.connection.get_raw_connection()).driver_connection
        seen: list[str] = []
        await raw.set_trace_callback(seen.append)
        await work.connection.execute(_MARK_SENT, {"messages": [1, 2], "at": AT})
        await raw.set_trace_callback(None)
        plan = await work.connection.execute(text(f"EXPLAIN QUERY PLAN {seen[-1]}"))
        assert [row.detail for row in plan] == ["SEARCH outbox USING INTEGER PRIMARY KEY (rowid=?)"]
