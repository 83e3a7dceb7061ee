"""Contract of the store for synced chats, on SQLite and PostgreSQL."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.chat_sync import STUCK_AFTER_ATTEMPTS
from bot.domain.queue_states import Queue
from bot.domain.synced_chats import FetchedChat, SyncedChat, TopicChange
from bot.domain.values import ChatId, ChatKind, Connection, ConnectionId, ObjectId
from bot.store import stale_chats
from bot.store.stale_chats import FIRST
from bot.store.unit_of_work import Store
from tests.fakes.clock import START
from tests.steps.stored_chat_sync import ACTIVITY, CHAT, later
from tests.steps.stored_rows import ACCOUNT, a_chat, a_connection, store_connections

LOOK = FetchedChat(topic="Pumps", accounts={})


async def synced(store: Store, chat: ChatId = CHAT) -> Connection:
    """Store a connection that is shown on its record's timeline."""
    (made,) = await store_connections(store, a_connection(chat))
    async with store.writing() as work:
        await work.chat_sync.start(made.id, ACTIVITY)
    return made


async def known(store: Store) -> SyncedChat:
    async with store.reading() as work:
        found = await work.chat_sync.get_chat(CHAT)
    assert found
    return found


async def named(store: Store, topic: str | None, at: datetime) -> None:
    async with store.writing() as work:
        await work.chat_sync.save_topics([TopicChange(chat_id=CHAT, topic=topic, at=at)])


@pytest.mark.parametrize("before", [None, "Valves"])
@pytest.mark.parametrize("told_after_s", [0, 2])
async def test_a_name_told_while_teams_was_asked_stays(store: Store, before: str | None, told_after_s: int) -> None:
    await synced(store)
    if before:
        await named(store, before, START)
    begun = await known(store)
    await named(store, "Motors", later(told_after_s))
    async with store.writing() as work:
        await work.chat_sync.save_snapshot(begun, LOOK, at=later(1))
    found = await known(store)
    assert (found.topic, found.topic_reported_at, found.checked_at) == ("Motors", later(told_after_s), later(1))


@pytest.mark.parametrize("before", [None, "Valves"])
async def test_what_teams_calls_the_chat_is_kept_where_nobody_told_of_another_name(
    store: Store, before: str | None
) -> None:
    await synced(store)
    if before:
        await named(store, before, START)
    async with store.writing() as work:
        await work.chat_sync.save_snapshot(await known(store), LOOK, at=later(1))
    assert (await known(store)).topic == "Pumps"


async def test_a_name_told_after_the_bot_was_removed_is_not_stored(store: Store) -> None:
    await synced(store)
    await named(store, "Pumps", START)
    async with store.writing() as work:
        await work.chats.mark_bot_removed(CHAT)
    await named(store, "Layoffs", later(1))
    assert (await known(store)).topic == "Pumps"


async def unlooked(store: Store) -> Sequence[ChatId]:
    async with store.reading() as work:
        return (await work.stale_chats.find(since=later(0), at_most=2, after=FIRST))[0]


async def test_chats_that_cannot_be_looked_at_leave_room_for_the_others(store: Store) -> None:
    chats = [ChatId(f"19:{each}@thread.v2") for each in "abc"]
    for chat in chats:
        await synced(store, chat)
    assert await unlooked(store) == chats[:2]
    async with store.writing() as work:
        await work.chat_sync.enqueue(chats[:2], fetch=True, at=START, due_at=START)
        for chat in chats[:2]:
            await work.chat_sync.record_failure(chat, "Unavailable", dead_letter_before=START, at=START)
    assert await unlooked(store) == chats[2:]


async def test_a_search_looks_at_some_chats_only_and_the_next_one_goes_on_behind_them(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stale_chats, "_SEARCHED", 3)
    names = [ChatId(f"19:{number}@thread.v2") for number in range(9)]
    async with store.writing() as work:
        for each in names:
            await work.chats.save(a_chat(each))
        # The first four were fetched, one after the other, and the others never.
        for number, each in enumerate(names[:4]):
            await work.chat_sync.mark_checked(each, at=START + timedelta(seconds=number))
    for number in (3, 7, 8):
        await synced(store, names[number])
    found, position = [], FIRST
    for _ in range(4):
        async with store.reading() as work:
            chats, position = await work.stale_chats.find(since=START + timedelta(minutes=1), at_most=2, after=position)
        found.append(chats)
    assert found == [[], [names[7], names[8]], [names[3]], []]


async def test_what_was_given_up_is_looked_at_again(store: Store) -> None:
    await synced(store)
    async with store.writing() as work:
        await work.chat_sync.enqueue([CHAT], fetch=True, at=START, due_at=START)
    assert await unlooked(store) == []
    async with store.writing() as work:
        await work.chat_sync.record_failure(CHAT, "Unavailable", dead_letter_before=later(1), at=later(1))
    assert await unlooked(store) == [CHAT]


async def test_a_chat_whose_connection_has_ended_is_looked_at_until_its_row_is_completed(store: Store) -> None:
    made = await synced(store)
    async with store.writing() as work:
        await work.connections.end(made.id, at=START, by=ObjectId("adele"), by_name="Adele")
    assert await unlooked(store) == [CHAT]
    async with store.writing() as work:
        await work.chat_sync.save_row(made.id, replace(ACTIVITY, closing_line="Disconnected."))
    assert await unlooked(store) == []


async def fails(store: Store, times: int, *, park_older_than: datetime = START) -> None:
    async with store.writing() as work:
        for _ in range(times):
            await work.chat_sync.record_failure(CHAT, "NotAllowed: no", dead_letter_before=park_older_than, at=later(1))


async def stuck(store: Store) -> tuple[bool, int | None]:
    """Return whether the chat counts as stuck, and the number of stuck chats. The list contains the same chats."""
    async with store.reading() as work:
        found = await work.chat_sync.failures([CHAT])
        listed = await work.queue_states.stuck_chats(at_most=9)
        counted = (await work.queue_states.queues())[Queue.SYNC].stuck
    assert {each.chat_id: each.reason for each in listed} == found
    assert not found or found == {CHAT: "NotAllowed: no"}
    return bool(found), counted


async def asked(store: Store) -> None:
    async with store.writing() as work:
        await work.chat_sync.enqueue([CHAT], fetch=False, at=START, due_at=START)


async def done(store: Store) -> None:
    async with store.writing() as work:
        await work.chat_sync.complete((await work.chat_sync.pending([CHAT]))[CHAT], at=later(2))


async def test_a_chat_that_fails_again_and_again_is_stuck_until_it_succeeds(store: Store) -> None:
    await synced(store)
    await asked(store)
    await fails(store, STUCK_AFTER_ATTEMPTS - 1)
    assert await stuck(store) == (False, 0)
    await asked(store)
    await fails(store, 1)
    assert await stuck(store) == (True, 1)
    await done(store)
    assert await stuck(store) == (False, 0)
    await asked(store)
    await fails(store, 1)
    assert await stuck(store) == (False, 0), "what was before does not count any more"


async def test_a_chat_that_was_given_up_is_stuck_also_while_it_is_tried_again(store: Store) -> None:
    await synced(store)
    await asked(store)
    await fails(store, STUCK_AFTER_ATTEMPTS)
    await fails(store, 1, park_older_than=later(1))
    async with store.reading() as work:
        assert await work.chat_sync.pending([CHAT]) == {}
    assert await stuck(store) == (True, 1)
    await asked(store)
    assert await stuck(store) == (True, 1)
    await done(store)
    assert await stuck(store) == (False, 0)


async def test_what_is_asked_for_meanwhile_is_another_job_that_has_not_failed_yet(store: Store) -> None:
    await synced(store)
    await asked(store)
    await fails(store, STUCK_AFTER_ATTEMPTS)
    async with store.writing() as work:
        begun = (await work.chat_sync.pending([CHAT]))[CHAT]
        await work.chat_sync.enqueue([CHAT], fetch=False, at=START, due_at=START)
        await work.chat_sync.complete(begun, at=later(2))
    assert await stuck(store) == (False, 0)
    await fails(store, 1, park_older_than=later(1))
    async with store.reading() as work:
        assert CHAT in await work.chat_sync.pending([CHAT]), "it is not as old as the one before"


async def unmirrored(store: Store) -> list[tuple[ConnectionId, bool]]:
    async with store.reading() as work:
        return [(each.id, live) for each, live in await work.chat_sync.unmirrored_connections(CHAT)]


async def test_a_record_that_was_connected_again_is_not_taken_off_the_pane(store: Store) -> None:
    old = await synced(store)
    async with store.writing() as work:
        await work.chat_sync.save_mirrored(old.id, listed=True)
        await work.connections.end(old.id, at=START, by=ObjectId("adele"), by_name="Adele")
    assert await unmirrored(store) == [(old.id, False)]
    other, new = await store_connections(store, a_connection(record=ACCOUNT), a_connection())
    assert await unmirrored(store) == [(other.id, True), (new.id, True)]
    async with store.writing() as work:
        await work.connections.end(new.id, at=later(1), by=ObjectId("adele"), by_name="Adele")
    assert await unmirrored(store) == [(old.id, False), (other.id, True)]


async def test_a_channel_is_not_on_the_pane_and_is_taken_off_it(store: Store) -> None:
    (made,) = await store_connections(store, a_connection())
    async with store.writing() as work:
        await work.chats.save(a_chat(kind=ChatKind.CHANNEL))
    assert await unmirrored(store) == []
    async with store.writing() as work:
        await work.chat_sync.save_mirrored(made.id, listed=True)
    assert await unmirrored(store) == [(made.id, False)]
