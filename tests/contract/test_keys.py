"""Signing keys, random IDs of connections, and organizations."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from bot.domain.values import ChatId, ObjectId, PublicId
from bot.store.engine import Engines
from bot.store.tables import connection, signing_key
from bot.store.unit_of_work import Store
from tests.fakes.clock import START
from tests.steps.stored_rows import a_connection, store_connections

WEEK = timedelta(days=7)


async def current(store: Store, weeks: int = 0) -> bytes:
    async with store.writing() as work:
        return await work.signing_keys.current(START + weeks * WEEK)


async def valid(store: Store, weeks: int = 0) -> set[bytes]:
    async with store.reading() as work:
        return set(await work.signing_keys.valid(START + weeks * WEEK))


async def test_processes_that_need_the_first_key_at_the_same_time_get_one(store: Store) -> None:
    keys = await asyncio.gather(*(current(store) for _ in range(8)))
    assert len(set(keys)) == 1
    assert len(keys[0]) == 32


async def test_a_key_is_valid_in_its_week_and_the_next_one(store: Store) -> None:
    first = await current(store)
    second = await current(store, 1)
    assert first != second
    assert await valid(store) == await valid(store, 1) == {first, second}
    assert await valid(store, 2) == {second}
    assert await valid(store, 3) == set()


async def test_a_process_whose_clock_is_behind_accepts_the_next_key(store: Store) -> None:
    ahead = await current(store, 1)
    behind = await current(store)
    assert await valid(store) == {ahead, behind}


async def test_keys_that_are_not_valid_are_deleted(store: Store, engines: Engines) -> None:
    for week in (0, 1, 2, 9):
        await current(store, week)
    async with engines.reading.begin() as begun:
        assert len((await begun.execute(signing_key.select())).all()) == 1


async def test_a_connection_is_found_by_its_random_id_until_it_ends(store: Store) -> None:
    first, second = await store_connections(store, a_connection("c1"), a_connection("c2"))
    assert first.public_id != second.public_id
    async with store.writing() as work:
        assert await work.connections.get(second.public_id) == second
        assert await work.connections.get(PublicId(str(second.id))) is None
        await work.connections.end(second.id, at=START, by=ObjectId("o1"), by_name="Megan Bowen")
        assert await work.connections.get(second.public_id) is None
        ended = await work.connections.recently_ended(second.public_id, since=START)
        assert ended is not None
        assert ended.chat_id == ChatId("c2")
        assert await work.connections.recently_ended(second.public_id, since=START + timedelta(seconds=1)) is None


async def test_a_connection_that_no_person_ended_does_not_count_as_recently_ended(store: Store) -> None:
    (merged,) = await store_connections(store, a_connection())
    async with store.writing() as work:
        await work.connections.end(merged.id, at=START, by=None, by_name="Megan Bowen")
        assert await work.connections.recently_ended(merged.public_id, since=START) is None


@pytest.mark.databases("postgresql")
async def test_a_process_of_the_previous_version_can_still_add_connections(store: Store, engines: Engines) -> None:
    """Only PostgreSQL has several processes: its default fills the column that the previous version does not know."""
    (made,) = await store_connections(store, a_connection())
    names = ", ".join(f'"{each.name}"' for each in connection.c if each.name not in {"id", "public_id", "row_id"})
    copy = text(f"INSERT INTO connection ({names}, row_id) SELECT {names}, '2' FROM connection")  # noqa: S608
    async with engines.writing.begin() as begun:
        await begun.execute(copy)
        ids = (await begun.execute(select(connection.c.public_id).order_by(connection.c.id))).scalars().all()
    assert len(set(ids)) == 2
    assert ids[0] == made.public_id
