"""The last state of a chat reaches its rows, even if other things happen during the update (spec Y2)."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.directory import ChatAccount
from bot.domain.errors import Unavailable
from bot.domain.settings import EnvironmentSettings
from bot.domain.synced_chats import Pause
from bot.domain.values import Chat, ChatId, Connection, EnvironmentId, ObjectId
from bot.features.chat_sync.enqueue_stale_chats import enqueue_stale_chats
from bot.features.chat_sync.record_activity import Topic
from bot.store.tables import environment
from bot.workers.attempts import GIVE_UP_AFTER
from tests.patience import PATIENCE_S
from tests.sync.room import Room, open_room
from tests.wire.people import ADELE, ALEX, MEGAN, Somebody

CHAT = ChatId("19:chat@thread.v2")
DAY_S = 24 * 3600


async def test_a_chat_renamed_during_the_fetch_gets_the_new_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_room(tmp_path / "chats.db") as room:
        await room.add_chat(CHAT, ALEX, MEGAN, topic="First")
        await room.connect(CHAT, (await room.cases())[0], ALEX)
        await room.work()
        room.clock.advance(10)
        await room.note.record_change(CHAT, topic=Topic(name="Second"))
        ask = room.teams.accounts

        async def renamed_meanwhile(chat: Chat) -> Sequence[ChatAccount]:
            monkeypatch.setattr(room.teams, "accounts", ask)
            room.clock.advance(1)
            await room.note.record_change(CHAT, topic=Topic(name="Third"))
            return await ask(chat)

        monkeypatch.setattr(room.teams, "accounts", renamed_meanwhile)
        for _ in range(3):
            await room.work()
            room.clock.advance(10)
        (row,) = await room.rows(CHAT)
        assert row["subject"] == "Third"


async def test_a_row_that_a_wrong_clock_wrote_in_the_future_is_written_again_at_once(tmp_path: Path) -> None:
    async with open_room(tmp_path / "chats.db") as room:
        await room.add_chat(CHAT, ALEX, MEGAN, topic="First")
        await room.connect(CHAT, (await room.cases())[0], ALEX)
        await room.work()
        room.clock.advance(-600)
        await room.note.record_change(CHAT, topic=Topic(name="Second"))
        await room.work()
        (row,) = await room.rows(CHAT)
        assert row["subject"] == "Second"


async def test_a_row_that_could_not_be_completed_for_days_is_completed_later(tmp_path: Path) -> None:
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
            assert await work.chat_sync.pending([CHAT]) == {}
        await room.come_to_rest()
        (row,) = await room.rows(CHAT)
        assert row["statecode"] == 1


async def test_the_last_writer_is_stored_if_the_bot_stops_during_the_flush(
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
        room.note.record_message(CHAT, ObjectId(MEGAN.object_id), room.clock.now())
        async with asyncio.timeout(PATIENCE_S):
            while not begun.is_set():
                await asyncio.sleep(0)
                room.clock.advance(0.1)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        async with room.store.reading() as work:
            known = await work.chat_sync.get_chat(CHAT)
        assert known
        assert known.last_writer_id == MEGAN.object_id


async def test_a_chat_that_is_connected_again_stays_in_the_pane_after_a_failed_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_room(tmp_path / "chats.db") as room:
        async with room.engines.writing.begin() as db:
            await db.execute(environment.update().values(mirror_chats=True))
        room.administration.invalidate()
        await room.add_chat(CHAT, ALEX, MEGAN)
        case = (await room.cases())[0]
        made = await room.connect(CHAT, case, ALEX)
        await room.work()
        await room.disconnect(made, MEGAN)
        await room.connect(CHAT, case, MEGAN)
        pane = room.services.associations
        set_listed = pane.set_listed

        async def fails_once(connection: Connection, *, listed: bool) -> None:
            monkeypatch.setattr(pane, "set_listed", set_listed)
            raise Unavailable("Dynamics 365 did not answer.", "Try again in a minute.")

        monkeypatch.setattr(pane, "set_listed", fails_once)
        for _ in range(3):
            room.clock.advance(400)
            await room.work()
        (row,) = (await room.get("msdyn_teamschatassociations"))["value"]
        assert row["msdyn_entityrecordstate"] == 0


async def people(room: Room, kind: int = 12, case: int = 0) -> set[str | None]:
    """Return the users in the row of this case."""
    record = (await room.cases())[case]
    (row,) = [each for each in await room.rows(CHAT) if each["_regardingobjectid_value"] == record]
    return {each["_partyid_value"] for each in row["chat_activity_parties"] if each["participationtypemask"] == kind}


async def users(room: Room, *named: Somebody) -> set[str | None]:
    return {await room.user(each) for each in named}


async def goes_on(room: Room) -> None:
    """Store the buffered writes, and process the jobs that are due."""
    await room.keep()
    room.clock.advance(10)
    await room.work()


async def mirrors(room: Room) -> None:
    """Turn on the list of chats in the chat pane of Dynamics 365."""
    async with room.engines.writing.begin() as db:
        await db.execute(environment.update().values(mirror_chats=True))
    room.administration.invalidate()


async def test_without_a_roster_everything_else_is_updated(tmp_path: Path) -> None:
    async with open_room(tmp_path / "chats.db") as room:
        cases = await room.cases()
        await room.add_chat(CHAT, ALEX, MEGAN)
        await room.connect(CHAT, cases[0], ALEX)
        ending = await room.connect(CHAT, cases[1], ALEX)
        await goes_on(room)
        await mirrors(room)
        room.teams.down.add("roster")
        room.teams.people[CHAT].append(ADELE)
        await room.note.record_change(CHAT)
        room.note.record_message(CHAT, ObjectId(MEGAN.object_id), room.clock.now())
        await room.disconnect(ending, MEGAN)
        new = await room.connect(CHAT, cases[2], ALEX)
        await goes_on(room)
        assert await people(room, 1) == await users(room, MEGAN)
        assert [each["statecode"] for each in await room.rows(CHAT)] == [0, 1]
        assert len((await room.get("msdyn_teamschatassociations"))["value"]) == 2
        async with room.store.reading() as work:
            assert (await work.chat_sync.get_rows([new.id]))[new.id].row is None, (
                "the members of the new row are not known yet"
            )
        room.teams.down.clear()
        await goes_on(room)
        for case in (0, 2):
            assert await people(room, case=case) == await users(room, ALEX, MEGAN, ADELE)


async def test_without_a_topic_the_members_are_still_updated(tmp_path: Path) -> None:
    async with open_room(tmp_path / "chats.db") as room:
        await room.add_chat(CHAT, ALEX, MEGAN, topic="First")
        await room.connect(CHAT, (await room.cases())[0], ALEX)
        await goes_on(room)
        room.teams.down.add("topics")
        room.teams.people[CHAT].append(ADELE)
        room.teams.topics[CHAT] = "Second"
        await room.note.record_change(CHAT)
        await goes_on(room)
        assert await people(room) == await users(room, ALEX, MEGAN, ADELE)
        assert (await room.rows(CHAT))[0]["subject"] == "First"
        room.teams.down.clear()
        await goes_on(room)
        assert (await room.rows(CHAT))[0]["subject"] == "Second"


async def check_stale_chats(room: Room) -> None:
    """Run the periodic check for stale chats."""
    await enqueue_stale_chats(room.services, timedelta(0))
    await goes_on(room)


async def active_at(room: Room, connection: Connection) -> datetime:
    async with room.store.reading() as work:
        return (await work.chat_sync.get_rows([connection.id]))[connection.id].last_activity_at


async def test_a_change_found_by_the_periodic_check_counts_as_activity(tmp_path: Path) -> None:
    async with open_room(tmp_path / "chats.db") as room:
        await room.add_chat(CHAT, ALEX, MEGAN)
        made = await room.connect(CHAT, (await room.cases())[0], ALEX)
        begun = room.clock.now()
        room.clock.advance(60)
        await goes_on(room)
        assert await active_at(room, made) == begun, "the first members do not count as new"
        for topic, person in (("Pumps", ALEX), ("Pumps", ADELE)):
            room.clock.advance(5 * DAY_S)
            room.teams.topics[CHAT] = topic
            if person not in room.teams.people[CHAT]:
                room.teams.people[CHAT].append(person)
            await check_stale_chats(room)
            assert room.clock.now() - await active_at(room, made) < timedelta(minutes=1)
            latest = await active_at(room, made)
        room.clock.advance(5 * DAY_S)
        await check_stale_chats(room)
        assert await active_at(room, made) == latest, "nothing changed"
        room.clock.advance(3 * DAY_S)
        room.teams.topics[CHAT] = "Valves"
        await check_stale_chats(room)
        assert await active_at(room, made) == latest, "the chat was already idle"


async def test_changes_while_sync_was_off_do_not_count_as_activity(tmp_path: Path) -> None:
    async with open_room(tmp_path / "chats.db") as room:
        await room.add_chat(CHAT, ALEX, MEGAN)
        made = await room.connect(CHAT, (await room.cases())[0], ALEX)
        await goes_on(room)
        begun, off = await active_at(room, made), room.clock.now()
        room.clock.advance(DAY_S)
        room.teams.people[CHAT].append(ADELE)
        pause = Pause(start=off, end=room.clock.now(), active_since=None)
        async with room.store.writing() as work:
            await work.chat_sync.exclude_pause(room.environment.id, pause)
        await check_stale_chats(room)
        assert await people(room) == await users(room, ALEX, MEGAN, ADELE)
        assert await active_at(room, made) == begun + timedelta(days=1), "only the day without sync is excluded"


@pytest.mark.parametrize("idle", [True, False])
@pytest.mark.parametrize("is_deleted", [True, False])
async def test_the_row_of_a_merged_record_moves_even_if_the_chat_is_idle(
    tmp_path: Path, idle: bool, is_deleted: bool
) -> None:
    async with open_room(tmp_path / "chats.db") as room:
        merged, survivor = (await room.cases())[:2]
        await room.add_chat(CHAT, ALEX, MEGAN)
        old = await room.connect(CHAT, merged, ALEX)
        await goes_on(room)
        (made,) = await room.rows(CHAT)
        room.clock.advance(8 * DAY_S if idle else 60)
        await check_stale_chats(room)
        room.teams.topics[CHAT] = "Valves"
        if is_deleted:
            url = f"{room.environment.url}/api/data/v9.2/chats({made['activityid']})"
            await room.session.delete(url, headers={"x-somebody": "1"})
        await room.follow(old, survivor)
        await goes_on(room)
        found = await room.rows(CHAT)
        assert [(each["_regardingobjectid_value"], each["subject"]) for each in found] == (
            [] if is_deleted else [(survivor, made["subject"] if idle else "Valves")]
        )


async def test_a_chat_is_listed_in_the_pane_even_if_its_row_cannot_be_written(tmp_path: Path) -> None:
    async with open_room(tmp_path / "chats.db") as room:
        await room.add_chat(CHAT, ALEX, MEGAN)
        await room.connect(CHAT, (await room.cases())[0], ALEX)
        await mirrors(room)
        room.refused["/chats("] = 400
        await goes_on(room)
        assert await room.rows(CHAT) == []
        assert len((await room.get("msdyn_teamschatassociations"))["value"]) == 1
