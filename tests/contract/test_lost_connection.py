"""Connections that end: in a statement, the caller learns of it; in the pool, another one is opened."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import Unavailable
from bot.store.engine import Engines
from bot.store.unit_of_work import Store, UnitOfWork

_IS_SLEEPING = "datname = current_database() AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()"
_WAITING = select(func.count()).select_from(text("pg_stat_activity")).where(text(_IS_SLEEPING))
_CUT_OFF_OTHERS = (
    select(func.pg_terminate_backend(text("pid")))
    .select_from(text("pg_stat_activity"))
    .where(text("datname = current_database() AND pid <> pg_backend_pid()"))
)
_CUT_OFF = (
    select(func.pg_terminate_backend(text("pid"))).select_from(text("pg_stat_activity")).where(text(_IS_SLEEPING))
)


def connection_of(work: UnitOfWork) -> AsyncConnection:
    return work.chats._connection


async def terminate(_work: UnitOfWork, other: AsyncConnection) -> None:
    """End the connection as the server does, with a last message."""
    await other.execute(_CUT_OFF)


async def abort(work: UnitOfWork, _other: AsyncConnection) -> None:
    """End the connection as a failing network does."""
    raw = await connection_of(work).get_raw_connection()
    assert raw.driver_connection
    raw.driver_connection._transport.abort()


@pytest.mark.databases("postgresql")
@pytest.mark.parametrize("end", [terminate, abort])
async def test_a_connection_that_ends_in_a_statement_is_an_outage(
    store: Store, engines: Engines, end: Callable[[UnitOfWork, AsyncConnection], Awaitable[None]]
) -> None:
    async with engines.reading.connect() as connected:
        # Within a transaction, PostgreSQL would list the same statements again and again.
        other = await connected.execution_options(isolation_level="AUTOCOMMIT")
        with pytest.raises(Unavailable):
            await _run_until(store, other, end)
    async with store.reading() as work:
        assert (await connection_of(work).execute(text("SELECT 1"))).scalar_one() == 1


@pytest.mark.databases("postgresql")
async def test_a_connection_that_ends_in_the_pool_is_replaced(store: Store, engines: Engines) -> None:
    async with store.writing() as one, store.writing() as another:
        pooled = [(await connection_of(work).get_raw_connection()).driver_connection for work in (one, another)]
    async with engines.reading.connect() as connection:
        own = (await connection.get_raw_connection()).driver_connection
        others = [each for each in pooled if each and each is not own]
        await connection.execute(_CUT_OFF_OTHERS)
        while not all(each.is_closed() for each in others):
            await asyncio.sleep(0.01)
    assert others
    async with store.writing() as one, store.writing() as another:
        for work in (one, another):
            assert (await connection_of(work).execute(text("SELECT 1"))).scalar_one() == 1


async def _run_until(
    store: Store, other: AsyncConnection, end: Callable[[UnitOfWork, AsyncConnection], Awaitable[None]]
) -> None:
    """Run a long statement, and end its connection."""
    async with store.writing() as work:
        statement = asyncio.create_task(connection_of(work).execute(text("SELECT pg_sleep(90)")))
        while not (await other.execute(_WAITING)).scalar_one():
            await asyncio.sleep(0.01)
        await end(work, other)
        await statement
