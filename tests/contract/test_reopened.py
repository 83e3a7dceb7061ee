"""Connections that are reactivated, in both databases."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from bot.domain.values import Connection, ObjectId
from bot.store.unit_of_work import Store
from tests.fakes.clock import START
from tests.steps.stored_rows import CASE, a_chat, a_connection

LATER = START + timedelta(minutes=5)


async def ended_twice(store: Store, by: ObjectId | None) -> Sequence[Connection]:
    """Connect a chat to the same record twice, and end both connections."""
    ended = []
    async with store.writing() as work:
        await work.chats.save(a_chat())
        for _ in range(2):
            made = await work.connections.add(a_connection())
            assert made
            await work.connections.end(made.id, at=LATER, by=by, by_name="")
            ended.append(made)
    return ended


async def test_only_the_newest_connection_of_a_chat_and_a_record_is_reactivated(store: Store) -> None:
    older, newer = await ended_twice(store, None)
    async with store.writing() as work:
        await work.connections.reopen_unheard({older.id, newer.id})
        assert [each.id for each in await work.connections.for_record(CASE)] == [newer.id]


async def test_simultaneous_undos_reactivate_one_connection(store: Store) -> None:
    older, newer = await ended_twice(store, ObjectId("megan"))

    async def undo(connection: Connection) -> bool:
        async with store.writing() as work:
            return await work.connections.reopen(connection, at=LATER)

    assert sorted(await asyncio.gather(*map(undo, (older, newer, older, newer)))) == [False, False, False, True]
