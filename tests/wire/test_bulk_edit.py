"""One person changes hundreds of records that many chats are connected to (spec V16)."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import pytest
from sqlalchemy import insert

from bot.domain.notifications.rules import ChatRules
from bot.store.tables import connection
from tests.steps.notification_rules import connection_of, set_chat_rules
from tests.tiers import FULL
from tests.wire.people import MEGAN
from tests.wire.test_held_changes import connected
from tests.wire.world import API, World, texts

RECORDS, CHATS = (500, 80) if FULL else (40, 5)
AT_ONCE = 20
WITHIN_S = 90

Figures = Callable[[str, object], None]


async def create_cases(world: World) -> Sequence[str]:
    """Create the cases in Dataverse, and return their IDs."""

    async with world.session.get(f"{world.sandbox}{API}/accounts?$select=accountid&$top=1") as answer:
        customer = f"/accounts({(await answer.json())['value'][0]['accountid']})"

    async def create(number: int) -> str:
        body = {"title": f"Case {number}", "prioritycode": 2, "customerid_account@odata.bind": customer}
        headers = {"Prefer": "return=representation"}
        async with world.session.post(f"{world.sandbox}{API}/incidents", json=body, headers=headers) as answer:
            assert answer.status == 201, await answer.text()
            return str((await answer.json())["incidentid"])

    return [await create(number) for number in range(RECORDS)]


async def connect_all(world: World, rows: Sequence[str], chats: Sequence[str]) -> None:
    """Connect each case to one of the chats, and let the chats combine bulk edits."""
    like = {name: value for name, value in (await connection_of(world)).items() if name not in {"id", "public_id"}}
    values = [
        {**like, "chat_id": chats[number % CHATS], "row_id": row, "record_name": f"Case {number}"}
        for number, row in enumerate(rows)
    ]
    async with world.engines.writing.begin() as begun:
        await begun.execute(insert(connection), values)
    for chat in chats:
        await set_chat_rules(world, ChatRules(combine_bulk_edits=True), chat)


async def change_all(world: World, rows: Sequence[str]) -> None:
    """Raise the priority of each case, as one person."""
    room = asyncio.Semaphore(AT_ONCE)

    async def change(row: str) -> None:
        url = f"{world.sandbox}{API}/incidents({row})"
        async with (
            room,
            world.session.patch(url, json={"prioritycode": 1}, headers={"CallerObjectId": MEGAN.object_id}) as answer,
        ):
            assert answer.status == 204, await answer.text()

    await asyncio.gather(*map(change, rows))


def changes_of(card: Mapping[str, object]) -> int:
    """Return how many changes the card reports."""
    first = texts(card)[0]
    return int(first.partition(" ")[0]) if first.endswith("more changes") else 1


@pytest.mark.scale
async def test_each_chat_gets_two_cards_and_one_summary_in_time(
    world: World, record_testsuite_property: Figures
) -> None:
    chats = [f"19:{number:04}@thread.v2" for number in range(CHATS)]
    await connected(world)
    await world.know_chats(*chats)
    rows = await create_cases(world)
    await connect_all(world, rows, chats)
    world.dataverse_was_asked.clear()
    begun = world.clock.now()
    before = len(world.event_answers)
    await change_all(world, rows)
    await world.until(lambda: len(world.event_answers) >= before + RECORDS)
    while (world.clock.now() - begun).total_seconds() < WITHIN_S:
        await world.settle()
        world.clock.advance(5)
    await world.settle()
    cards = {chat: world.connector.cards(chat) for chat in chats}
    assert {len(each) for each in cards.values()} == {3}
    assert sum(changes_of(card) for each in cards.values() for card in each) == RECORDS
    # A few records are read alone, and the others in batches.
    reads = [each for each in world.dataverse_was_asked if "/incidents(" in each and "$select" in each]
    assert len(reads) < RECORDS / 2
    kinds = Counter("batch" if each.endswith("$batch") else "single" for each in world.dataverse_was_asked)
    record_testsuite_property("requests to Dataverse", dict(kinds))
