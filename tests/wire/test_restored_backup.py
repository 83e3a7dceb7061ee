"""A restored backup: each chat hears once of what changed since then, and nothing is lost (spec O3, K9)."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.domain.errors import NotSupported, Unavailable
from bot.store.tables import connection
from tests.fakes.connector import error
from tests.steps.backups import back_up, command, restore
from tests.steps.priorities import HIGH, LOW, NORMAL
from tests.wire.world import GROUP, OTHER_GROUP, World, texts


async def saved(world: World, number: str, *priorities: int) -> None:
    """Save the priorities one after the other, each with a card of its own."""
    for priority in priorities:
        await world.change({"prioritycode": priority}, number=number)
        await world.window_ends()


async def test_after_a_restore_each_chat_gets_one_card_with_the_net_change(world: World, tmp_path: Path) -> None:
    for case, chat in (("CAS-01001", GROUP), ("CAS-01001", OTHER_GROUP), ("CAS-01002", GROUP)):
        await world.say(f"connect {case} quiet", chat=chat)
    await world.settle()
    await saved(world, "CAS-01002", LOW)
    world.connector.posts.clear()
    # The backup is made while a card waits.
    world.connector.fault = lambda chat, _: error(429, "Throttled", Retry_After="60") if chat == OTHER_GROUP else None
    await saved(world, "CAS-01001", HIGH)
    await back_up(world, tmp_path / "backup")
    world.connector.fault = lambda *_: None
    world.clock.advance(60)
    await world.settle()
    waited = world.connector.cards(OTHER_GROUP)
    # Then changes with their cards, of which those of one case cancel each other out, and one more connection
    await saved(world, "CAS-01001", NORMAL, HIGH, LOW)
    await saved(world, "CAS-01002", HIGH, LOW)
    await world.say("connect CAS-01003 quiet", chat=OTHER_GROUP)
    await world.settle()
    assert [len(world.connector.cards(chat)) for chat in (GROUP, OTHER_GROUP)] == [6, 5]
    # When the backup is restored
    await world.stop()
    await restore(world, tmp_path / "backup")
    world.connector.posts.clear()
    world.clock.advance(3600)
    await world.start()
    world.clock.advance(5)
    await world.looked_through("incident")
    world.clock.advance(120)
    await world.settle()
    # Then each chat has one card with the difference between the backup and now
    (card,) = world.connector.cards(GROUP)
    assert [line for line in texts(card) if "Priority" in line] == ["Priority: High → **Low**"]
    # What waited when the backup was made comes again.
    again, news = world.connector.cards(OTHER_GROUP)
    assert texts(again) == texts(waited[0])
    assert [line for line in texts(news) if "Priority" in line] == ["Priority: High → **Low**"]
    # A connection that was made after the backup is gone, and can be made again.
    assert await connections(world) == 3
    world.connector.posts.clear()
    await world.say("connect CAS-01003 quiet", chat=OTHER_GROUP)
    await world.settle()
    assert await connections(world) == 4
    # The next changes are told as always, and a restart repeats nothing.
    world.connector.posts.clear()
    await saved(world, "CAS-01001", HIGH)
    for chat in (GROUP, OTHER_GROUP):
        assert "Priority: Low → **High**" in texts(world.card(chat))
    await world.restart()
    world.clock.advance(5)
    await world.looked_through("incident")
    assert world.nothing_was_said()


async def connections(world: World) -> int:
    (row,) = await world.reader.rows(select(func.count().label("count")).select_from(connection))
    return int(row["count"])


@pytest.mark.databases("sqlite")
async def test_a_backup_is_private_complete_and_never_replaces_a_file(world: World, tmp_path: Path) -> None:
    await world.say("connect CAS-01001 quiet")
    await world.settle()
    world.card()
    file = tmp_path / "backup.db"
    await back_up(world, file)
    assert file.stat().st_mode & 0o077 == 0
    with closing(sqlite3.connect(file)) as copy:
        assert copy.execute("SELECT count(*) FROM connection").fetchone() == (1,)
    before = file.read_bytes()
    with pytest.raises(NotSupported, match="exists"):
        await command(world, "database", "backup", str(file))
    assert file.read_bytes() == before
    with pytest.raises(Unavailable, match="could not be written"):
        await command(world, "database", "backup", str(tmp_path / "missing" / "backup.db"))


@pytest.mark.databases("postgresql")
async def test_the_backup_of_a_server_is_left_to_its_own_program(world: World, tmp_path: Path) -> None:
    with pytest.raises(NotSupported) as refused:
        await command(world, "database", "backup", str(tmp_path / "backup"))
    assert "pg_dump" in refused.value.next_step


@pytest.mark.one_database
async def test_an_event_that_waited_when_the_backup_was_made_is_told_before_the_rest(
    world: World, tmp_path: Path
) -> None:
    await world.say("connect CAS-01001 quiet")
    await world.settle()
    world.card()
    await world.change({"prioritycode": HIGH})
    await back_up(world, tmp_path / "backup")
    await world.window_ends()
    await saved(world, "CAS-01001", LOW)
    world.connector.posts.clear()
    await world.stop()
    await restore(world, tmp_path / "backup")
    world.clock.advance(3600)
    await world.start()
    await world.settle()
    world.clock.advance(5)
    await world.looked_through("incident")
    world.clock.advance(120)
    await world.settle()
    told = [line for card in world.connector.cards(GROUP) for line in texts(card) if "Priority" in line]
    assert told == ["Priority: Normal → **High**", "Priority: High → **Low**"]
    world.connector.posts.clear()
