"""The data of chats is deleted some time after their sync ended, on SQLite and PostgreSQL."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from bot.domain.chat_sync import ActivityRow, RowState, SyncedRow
from bot.domain.synced_chats import LastWrite, TopicChange
from bot.domain.values import Connection, ObjectId, UserId
from bot.store.administration import Administration
from bot.store.engine import Engines
from bot.store.tables import chat, environment, setting_change
from bot.store.unit_of_work import Store
from tests.fakes.clock import START
from tests.steps.pruned import prune as prune_once
from tests.steps.stored_chat_sync import ACTIVITY, CHAT, later
from tests.steps.stored_rows import ACCOUNT, CASE, a_connection, store_connections

ADELE, MEGAN = ObjectId("adele"), ObjectId("megan")
ROW = ActivityRow(
    state=RowState.OPEN, version="1", members=frozenset({UserId("u-adele")}), modified_by=UserId("u-adele")
)
FULL = replace(ACTIVITY, row=ROW, users={ADELE: UserId("u-adele"), MEGAN: None}, members_without_user=1)
LATER = later(1)
KNOWN = {"topic": "Pumps", "topic_told_at": START, "last_writer_id": ADELE, "last_written_at": START}


async def known_chat(store: Store) -> Connection:
    """Store a synced chat with all data that a chat can have."""
    (made,) = await store_connections(store, a_connection())
    async with store.writing() as work:
        await work.chat_sync.start(made.id, FULL)
        await work.chat_sync.save_topics([TopicChange(chat_id=CHAT, topic="Pumps", at=START)])
        await work.chat_sync.save_last_writes([LastWrite(chat_id=CHAT, writer=ADELE, at=START)])
    return made


async def end(store: Store, connection: Connection, **more: Any) -> None:
    async with store.writing() as work:
        await work.connections.end(connection.id, at=START, by=MEGAN, by_name="Megan")
        await work.chat_sync.save_row(connection.id, replace(FULL, **more))


async def prune(store: Store, before: datetime) -> int:
    async with store.writing() as work:
        return await prune_once(work, before)


async def kept(store: Store, engines: Engines, connection: Connection) -> tuple[dict[str, Any], SyncedRow | None]:
    """Return the stored data of the chat and of its connection."""
    async with engines.reading.begin() as begun:
        (row,) = (await begun.execute(select(*(chat.c[each] for each in KNOWN)))).mappings()
    async with store.reading() as work:
        return dict(row), (await work.chat_sync.get_rows([connection.id])).get(connection.id)


async def test_what_is_known_of_a_chat_goes_some_time_after_its_connection_and_the_history_stays(
    store: Store, engines: Engines
) -> None:
    made = await known_chat(store)
    assert await prune(store, LATER) == 0
    await end(store, made, closing_line="Disconnected by Megan.")
    assert await prune(store, START) == 0
    assert await kept(store, engines, made) == (KNOWN, replace(FULL, closing_line="Disconnected by Megan."))
    assert await prune(store, LATER) == 2
    assert await prune(store, LATER) == 0
    assert await kept(store, engines, made) == (dict.fromkeys(KNOWN), None)
    async with store.reading() as work:
        (entry,) = await work.timeline.for_record(CASE, offset=0, at_most=9)
    assert (entry.connection, entry.ended_at, entry.ended_by_name) == (made, START, "Megan")


async def test_of_a_row_that_is_not_completed_yet_so_much_stays_that_it_can_be(store: Store, engines: Engines) -> None:
    made = await known_chat(store)
    await end(store, made)
    assert await prune(store, LATER) == 2
    assert await prune(store, LATER) == 0
    assert await kept(store, engines, made) == (dict.fromkeys(KNOWN), replace(FULL, row=None, users={}))


async def test_a_chat_is_known_as_long_as_one_of_its_connections_is_synced(store: Store, engines: Engines) -> None:
    old = await known_chat(store)
    (other,) = await store_connections(store, a_connection(record=ACCOUNT))
    async with store.writing() as work:
        await work.chat_sync.start(other.id, FULL)
    await end(store, old, closing_line="Disconnected by Megan.")
    assert await prune(store, LATER) == 1
    assert await kept(store, engines, other) == (KNOWN, FULL)
    await end(store, other, closing_line="Disconnected by Megan.")
    assert await prune(store, LATER) == 2
    assert await kept(store, engines, other) == (dict.fromkeys(KNOWN), None)


@pytest.mark.parametrize("switch", ["sync_on", "chats_on"])
async def test_where_sync_is_off_for_long_what_is_known_goes_and_the_rows_are_found_again(
    store: Store, engines: Engines, switch: str
) -> None:
    made = await known_chat(store)
    await Administration(engines).initialize({CASE.environment: True})
    async with engines.writing.begin() as begun:
        await begun.execute(environment.update().values(sync_on=True, sync_changed_at=START))
        await begun.execute(setting_change.insert().values(_saved(switch)))
    assert await prune(store, LATER) == 0
    async with engines.writing.begin() as begun:
        await begun.execute(environment.update().values({switch: False}))
    assert await prune(store, START) == 0
    assert await prune(store, LATER) == 2
    assert await prune(store, LATER) == 0
    assert await kept(store, engines, made) == (dict.fromkeys(KNOWN), replace(FULL, row=None, users={}))


def _saved(switch: str) -> Mapping[str, Any]:
    """Return the saved change of an administrator who turned it off."""
    change = {"table": None, "setting": switch, "was": True, "now": False}
    who = {"person_id": "alex", "person_name": "Alex", "chat_id": CHAT}
    return {"environment": CASE.environment, "version": 1, "at": START, "changes": [change], **who}
