"""The last state arrives, whatever happens while somebody is at it (spec Y2)."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.delivery.retry import GIVE_UP_AFTER
from bot.domain.directory import ChatAccount
from bot.domain.errors import Unavailable
from bot.domain.settings import EnvironmentSettings
from bot.domain.values import Chat, ChatId, Connection, EnvironmentId, ObjectId
from bot.store.tables import environment
from bot.usecases.note_chat import Topic
from tests.sync.room import open_room
from tests.wire.people import ALEX, MEGAN

CHAT = ChatId("19:chat@thread.v2")


async def test_a_chat_renamed_while_teams_is_asked_gets_the_new_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_room(tmp_path / "chats.db") as room:
        await room.add_chat(CHAT, ALEX, MEGAN, topic="First")
        await room.connect(CHAT, (await room.cases())[0], ALEX)
        await room.work()
        room.clock.advance(10)
        await room.note.changed(CHAT, topic=Topic(name="Second"))
        ask = room.teams.accounts

        async def renamed_meanwhile(chat: Chat) -> Sequence[ChatAccount]:
            monkeypatch.setattr(room.teams, "accounts", ask)
            room.clock.advance(1)
            await room.note.changed(CHAT, topic=Topic(name="Third"))
            return await ask(chat)

        monkeypatch.setattr(room.teams, "accounts", renamed_meanwhile)
        for _ in range(3):
            await room.work()
            room.clock.advance(10)
        (row,) = await room.rows(CHAT)
        assert row["subject"] == "Third"


async def test_a_row_that_could_not_be_completed_for_days_is_completed_in_the_end(tmp_path: Path) -> None:
    async with open_room(tmp_path / "chats.db") as room:
        await room.add_chat(CHAT, ALEX, MEGAN)
        made = await room.connect(CHAT, (await room.cases())[0], ALEX)
        await room.work()
        room.clock.advance(10)
        await room.disconnect(made, MEGAN)
        room.is_down = True
        for _ in range(2):
            await room.work()
            room.clock.advance(GIVE_UP_AFTER.total_seconds() + 1)
        async with room.store.reading() as work:
            assert await work.chat_sync.jobs([CHAT]) == {}
        await room.come_to_rest()
        (row,) = await room.rows(CHAT)
        assert row["statecode"] == 1


async def test_who_wrote_is_kept_where_the_bot_is_stopped_while_it_keeps_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_room(tmp_path / "chats.db") as room:
        await room.add_chat(CHAT, ALEX, MEGAN)
        await room.connect(CHAT, (await room.cases())[0], ALEX)
        await room.work()
        room.clock.advance(10)
        begun, ask = asyncio.Event(), room.administration.settings

        async def hangs(name: EnvironmentId) -> EnvironmentSettings:
            monkeypatch.setattr(room.administration, "settings", ask)
            begun.set()
            await asyncio.Event().wait()
            return await ask(name)

        monkeypatch.setattr(room.administration, "settings", hangs)
        running = asyncio.create_task(room.note.run())
        room.note.written(CHAT, ObjectId(MEGAN.object_id), room.clock.now())
        async with asyncio.timeout(10):
            while not begun.is_set():
                await asyncio.sleep(0)
                room.clock.advance(0.1)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        async with room.store.reading() as work:
            known = await work.chat_sync.chat(CHAT)
        assert known
        assert known.last_writer_id == MEGAN.object_id


async def test_a_chat_that_was_connected_again_stays_on_the_pane_though_a_request_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_room(tmp_path / "chats.db") as room:
        async with room.engines.writing.begin() as db:
            await db.execute(environment.update().values(mirror_chats=True))
        room.administration.forget()
        await room.add_chat(CHAT, ALEX, MEGAN)
        case = (await room.cases())[0]
        made = await room.connect(CHAT, case, ALEX)
        await room.work()
        await room.disconnect(made, MEGAN)
        await room.connect(CHAT, case, MEGAN)
        pane = room.lane.sync_chat.mirror.associations
        put = pane.put

        async def fails_once(connection: Connection, *, live: bool) -> None:
            monkeypatch.setattr(pane, "put", put)
            raise Unavailable("Dynamics 365 did not answer.", "Try again in a minute.")

        monkeypatch.setattr(pane, "put", fails_once)
        for _ in range(3):
            room.clock.advance(400)
            await room.work()
        (row,) = (await room.get("msdyn_teamschatassociations"))["value"]
        assert row["msdyn_entityrecordstate"] == 0
