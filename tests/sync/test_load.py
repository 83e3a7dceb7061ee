"""Load of many chats, and recovery after Dataverse was down (spec Y4)."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from bot.domain.rate_windows import SYNC_WINDOW
from bot.domain.values import ChatId, ObjectId
from bot.features.chat_sync.record_activity import Topic
from tests.sync.room import ROW_EVERY, Room, open_room
from tests.tiers import FULL
from tests.wire.people import ADELE, ALEX, MEGAN, Somebody

CHATS = 500 if FULL else 75
"""More chats than can be written in five seconds."""
LATE_S = CHATS // 5
"""Seconds in which all rows are written with at most 15 requests per second."""
SECOND = timedelta(seconds=1)

pytestmark = pytest.mark.timeout(900 if FULL else 300)


async def filled(room: Room) -> Sequence[ChatId]:
    """Add the chats, each with its row."""
    cases = await room.cases()
    chats = [ChatId(f"19:{number:04}@thread.v2") for number in range(CHATS)]
    for number, chat in enumerate(chats):
        await room.add_chat(chat, ALEX, MEGAN, ADELE, topic=f"Chat {number}")
        await room.connect(chat, cases[number % len(cases)], ALEX)
    await room._work()
    room.clock.advance(10)
    room.asked.clear()
    room.departed.clear()
    return chats


def everybody_writes(room: Room, chats: Sequence[ChatId], person: Somebody) -> None:
    for chat in chats:
        room.note.record_message(chat, ObjectId(person.object_id), room.clock.now())


def writes(room: Room) -> dict[str, list[datetime]]:
    """Return the times of the writes of each row."""
    found = defaultdict(list)
    for method, path, at in room.asked:
        if method == "PATCH":
            found[re.findall(r"chats\((.*?)\)", path)[0]].append(at)
    return found


def most_in_a_second(moments: Sequence[datetime]) -> int:
    most, first = 0, 0
    for last, at in enumerate(moments):
        while at - moments[first] >= SECOND:
            first += 1
        most = max(most, last - first + 1)
    return most


async def shows(room: Room, chats: Sequence[ChatId], person: Somebody, at: datetime) -> bool:
    """Return whether each chat's row shows the person as the last writer at this time."""
    user = await room.user(person)
    for chat in chats:
        (row,) = await room.rows(chat)
        writers = [
            each["_partyid_value"] for each in row["chat_activity_parties"] if each["participationtypemask"] == 1
        ]
        if (row["modifiedinteamson"], writers) != (at.strftime("%Y-%m-%dT%H:%M:%SZ"), [user]):
            return False
    return True


async def test_after_an_outage_of_dataverse_each_row_is_written_once(tmp_path: Path) -> None:
    async with open_room(tmp_path / "chats.db") as room:
        chats = await filled(room)
        room.is_down = True
        for _ in range(12 if FULL else 3):
            room.clock.advance(300)
            everybody_writes(room, chats, MEGAN)
            everybody_writes(room, chats, ADELE)
            last = room.clock.now()
            await room.keep()
            await room._work()
        assert room.asked == []
        room.is_down, room.window = False, SYNC_WINDOW
        await room.crash()
        room.departed.clear()
        room.clock.advance(301)
        async with room.at_work():
            await room.pass_time(LATE_S)
            await room.until_nothing_is_due()
        assert Counter(len(each) for each in writes(room).values()) == {1: CHATS}
        assert most_in_a_second(room.departed) <= 15
        assert await shows(room, chats[::10], ADELE, last)


async def test_a_thousand_messages_per_second_cause_few_writes_and_the_last_state_arrives(tmp_path: Path) -> None:
    async with open_room(tmp_path / "chats.db") as room:
        chats = await filled(room)
        room.window = SYNC_WINDOW
        room.start()
        room.departed.clear()
        async with room.at_work():
            for _ in range(20 if FULL else 10):
                everybody_writes(room, chats, MEGAN)
                everybody_writes(room, chats, ADELE)
                last = room.clock.now()
                await room.pass_time(1)
                await room.note._flush()
            await room.pass_time(LATE_S)
            await room.until_nothing_is_due()
        assert most_in_a_second(room.departed) <= 15
        gaps = [after - before for each in writes(room).values() for before, after in pairwise(each)]
        assert len(gaps) > CHATS / 2
        assert min(gaps) >= ROW_EVERY
        assert await shows(room, chats[::10], ADELE, last)


async def test_a_clock_that_is_set_back_delays_no_request(tmp_path: Path) -> None:
    async with open_room(tmp_path / "chats.db", window=SYNC_WINDOW) as room:
        chat = ChatId("19:chat@thread.v2")
        await room.add_chat(chat, ALEX, MEGAN, topic="First")
        async with room.at_work():
            await room.connect(chat, (await room.cases())[0], ALEX)
            await room.pass_time(2)
            await room.until_nothing_is_due()
            room.clock.advance(-600)
            await room.note.record_change(chat, topic=Topic(name="Second"))
            await room.pass_time(2)
        (row,) = await room.rows(chat)
        assert row["subject"] == "Second"
