"""Resume sync, and sync chats that were connected while it was off (spec Y3)."""

from pathlib import Path

import pytest

from bot.domain.chat_sync import SyncProblem
from bot.domain.errors import NotAllowed, NotSupported
from bot.domain.values import ChatId, Connection, ObjectId, Person
from bot.features.chat_sync.resume_sync import resume_sync
from bot.features.chat_sync.sync_existing import sync_existing_chats
from bot.store.tables import environment
from tests.steps.pruned import prune
from tests.sync.room import Room, open_room
from tests.wire.people import ADELE, ALEX, LYNNE, MEGAN, Somebody

CHAT, OTHER = ChatId("19:chat@thread.v2"), ChatId("19:other@thread.v2")
WEEK_S = 7 * 24 * 3600 + 1


def person(somebody: Somebody) -> Person:
    return Person(account_id=somebody.account_id, object_id=ObjectId(somebody.object_id), name=somebody.name)


async def resume(room: Room, somebody: Somebody, connection: Connection) -> None:
    async with room.store.reading() as work:
        chat = await work.chats.get(CHAT)
    assert chat
    await resume_sync(room.services, chat, person(somebody), connection)


async def switch(room: Room, *, sync: bool) -> None:
    """Turn sync on or off."""
    async with room.engines.writing.begin() as db:
        await db.execute(environment.update().values(sync_on=sync))
    room.administration.invalidate()


async def test_an_idle_chat_is_updated_after_a_person_resumes_it(tmp_path: Path) -> None:
    async with open_room(tmp_path / "chats.db") as room:
        case, _ = (await room.cases())[:2]
        await room.add_chat(CHAT, ALEX, MEGAN, LYNNE, topic="Pumps")
        made = await room.connect(CHAT, case, ALEX)
        await room.work()
        with pytest.raises(NotSupported, match="already synced"):
            await resume(room, MEGAN, made)
        room.clock.advance(WEEK_S)
        room.note.record_message(CHAT, ObjectId(MEGAN.object_id), None)
        await room.keep()
        await room.work()
        assert (await room.rows(CHAT))[0]["modifiedinteamson"] is None
        for refused, somebody in ((NotAllowed, LYNNE), (NotAllowed, ADELE)):
            with pytest.raises(refused):
                await resume(room, somebody, made)
        await resume(room, MEGAN, made)
        room.note.record_message(CHAT, ObjectId(MEGAN.object_id), None)
        await room.keep()
        await room.work()
        assert (await room.rows(CHAT))[0]["modifiedinteamson"] is not None


async def test_a_deleted_row_is_created_again_as_the_person_who_resumes(tmp_path: Path) -> None:
    async with open_room(tmp_path / "chats.db") as room:
        await room.add_chat(CHAT, ALEX, MEGAN)
        made = await room.connect(CHAT, (await room.cases())[0], ALEX)
        await room.work()
        (row,) = await room.rows(CHAT)
        url = f"{room.environment.url}/api/data/v9.2/chats({row['activityid']})"
        await room.session.delete(url, headers={"x-somebody": "1"})
        room.clock.advance(10)
        await room.note.record_change(CHAT)
        await room.work()
        async with room.store.reading() as work:
            assert (await work.chat_sync.get_rows([made.id]))[made.id].problem is SyncProblem.DELETED
        await resume(room, MEGAN, made)
        await room.work()
        (again,) = await room.rows(CHAT)
        assert again["activityid"] != row["activityid"]
        assert again["_createdby_value"] == await room.user(MEGAN)


async def test_an_administrator_syncs_existing_chats_from_now_on(tmp_path: Path) -> None:
    async with open_room(tmp_path / "chats.db") as room:
        await switch(room, sync=False)
        cases = await room.cases()
        for chat, case in ((CHAT, cases[0]), (OTHER, cases[1])):
            await room.add_chat(chat, ALEX, MEGAN)
            await room.connect(chat, case, MEGAN)
        with pytest.raises(NotSupported):
            await sync_existing_chats(room.services, room.environment.id, person(ALEX))
        await switch(room, sync=True)
        await room.work()
        assert await room.rows(CHAT) == []
        with pytest.raises(NotAllowed):
            await sync_existing_chats(room.services, room.environment.id, person(MEGAN))
        room.clock.advance(3600)
        assert await sync_existing_chats(room.services, room.environment.id, person(ALEX)) == 2
        assert await sync_existing_chats(room.services, room.environment.id, person(ALEX)) == 0
        await room.work()
        (row,) = await room.rows(CHAT)
        assert (row["modifiedinteamson"], row["_createdby_value"]) == (None, await room.user(ALEX))
        assert row["createdon"].startswith("2026-11-21T11:20:30")


@pytest.mark.parametrize("idle", [False, True], ids=["active", "idle"])
async def test_rows_are_updated_after_sync_was_off_for_longer_than_the_retention(tmp_path: Path, idle: bool) -> None:
    async with open_room(tmp_path / "chats.db") as room:
        await room.add_chat(CHAT, ALEX, MEGAN, topic="Pumps")
        made = await room.connect(CHAT, (await room.cases())[0], ALEX)
        await room.work()
        (before,) = await room.rows(CHAT)
        await switch(room, sync=False)
        room.clock.advance(WEEK_S if idle else 10)
        now = room.clock.now()
        async with room.store.writing() as work:
            assert await prune(work, now)
            assert not (await work.chat_sync.get_rows([made.id]))[made.id].users
        await switch(room, sync=True)
        async with room.store.writing() as work:
            await work.chat_sync.enqueue([CHAT], fetch=True, at=room.clock.now(), due_at=room.clock.now())
        await room.work()
        assert await room.rows(CHAT) == [before]
        async with room.store.reading() as work:
            activity = (await work.chat_sync.get_rows([made.id]))[made.id]
        assert activity.row
        assert activity.row.version == before["@odata.etag"]


def test_resume_is_offered_only_for_problems_that_it_solves() -> None:
    resumable = {each for each in SyncProblem if each.can_be_resumed}
    assert resumable == {SyncProblem.IDLE, SyncProblem.REFUSED, SyncProblem.DELETED}
