"""Changes during an outage become one card for each chat afterward (spec K9)."""

import random
from collections.abc import Mapping, Sequence

import pytest
from sqlalchemy import select

from bot.store.tables import connection
from tests.wire.people import ALEX
from tests.wire.world import World, texts

CASES = [f"CAS-{number:05}" for number in range(1006, 1026)]
CHATS = [f"19:{number:08x}@thread.v2" for number in range(12)]
PRIORITIES = {1: "High", 2: "Normal", 3: "Low"}


async def connected(world: World) -> Mapping[str, Sequence[str]]:
    """Connect twenty cases, each to one or two chats; return the connections of each chat."""
    chance = random.Random(20)  # noqa: S311 - the same in every run
    records: dict[str, list[str]] = {chat: [] for chat in CHATS}
    for number, case in enumerate(CASES):
        for chat in {CHATS[number % len(CHATS)], chance.choice(CHATS)}:
            records[chat].append(case)
            world.connector.members[chat] = [ALEX.account_id]
            await world.say(f"connect {case} quiet", chat=chat)
    world.clock.advance(60)
    await world.settle()
    world.connector.posts.clear()
    return records


async def priority_of(world: World, case: str) -> int:
    url = f"{world.sandbox}/api/data/v9.2/incidents({await world.row('incidents', case)})"
    async with world.session.get(url) as answer:
        priority: int = (await answer.json())["prioritycode"]
        return priority


@pytest.mark.scale
async def test_fifty_changes_on_twenty_records_of_which_one_is_deleted(world: World) -> None:
    chance = random.Random(50)  # noqa: S311 - the same in every run
    records = await connected(world)
    before = {case: await priority_of(world, case) for case in CASES}
    # When the bot is down
    gone = CASES[3]
    deleted = await world.row("incidents", gone)
    await world.stop()
    for number in range(50):
        case = CASES[number % len(CASES)]
        await world.change({"prioritycode": chance.choice(list(PRIORITIES))}, number=case, told=False)
    after = {case: await priority_of(world, case) for case in CASES}
    await world.delete("incidents", deleted)
    world.clock.advance(3600)
    # And the bot is up again
    await world.start()
    world.clock.advance(5)
    changed = {case for case in CASES if after[case] != before[case]} - {gone}
    expected = [chat for chat in CHATS if {*records[chat]} & {gone, *changed}]
    await world.until(lambda: len(world.connector.posts) >= len(expected))
    await world.settle()
    # Then each chat has one card with the current values
    assert sorted(world.connector.posts) == expected
    for chat in expected:
        (card,) = world.connector.cards(chat)
        said = texts(card)
        assert said[0] == "While I was away"
        for case in {*records[chat]} & changed:
            line = said.index(f"Case · {case}") + 1
            assert said[line] == f"Priority: {PRIORITIES[before[case]]} → **{PRIORITIES[after[case]]}**"
        assert sum(line.startswith("Case · ") for line in said) == len({*records[chat]} & changed)
        assert any(line.startswith(f"{gone} was deleted in Dynamics 365.") for line in said) == (gone in records[chat])
    async with world.engines.reading.connect() as reading:
        live = select(connection.c.record_number).where(connection.c.ended_at.is_(None))
        assert gone not in (await reading.execute(live)).scalars().all()
    # Nothing is posted twice
    world.connector.posts.clear()
    await world.restart()
    world.clock.advance(20)
    await world.looked_through("incident")
    assert world.nothing_was_said(*CHATS)
