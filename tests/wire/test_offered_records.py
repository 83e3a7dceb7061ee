"""The records that a page offers before a person types: recently changed ones, up to the size of the page."""

import asyncio
from typing import Any

import pytest

from tests.steps.saved_messages import MESSAGE, open_dialog, submit
from tests.wire.people import ALEX
from tests.wire.world import API, World, texts

pytestmark = pytest.mark.one_database

SETS = {
    "incidents": ("incidentid", "title"),
    "accounts": ("accountid", "name"),
    "knowledgearticles": ("knowledgearticleid", "title"),
    "emails": ("activityid", "subject"),
}
PAGES = {"saveToRecord": "Save to record", "connectChat": "Connect this chat", "newChat": "New chat"}


async def rename(world: World, name: str, count: int = 3, sets: tuple[str, ...] = tuple(SETS)) -> None:
    """Give rows of several tables this name, which also makes them the most recently changed."""
    for each in sets:
        row_id, column = SETS[each]
        query = {"$select": row_id, "$top": str(count), "$orderby": "modifiedon desc"}
        async with world.session.get(f"{world.sandbox}{API}/{each}", params=query) as answer:
            rows = (await answer.json())["value"]
        for row in rows:
            url = f"{world.sandbox}{API}/{each}({row[row_id]})"
            async with world.session.patch(url, json={column: name[:100]}) as answer:
                assert answer.status == 204, await answer.text()


@pytest.mark.parametrize(("command", "title"), PAGES.items())
async def test_a_page_has_room_for_names_of_any_length_beside_the_longest_message(
    world: World, command: str, title: str
) -> None:
    await rename(world, "🔧水" * 100)
    message: dict[str, Any] = {**MESSAGE, "body": {"contentType": "html", "content": "🙂" * 9_000}}
    message["attachments"] = [{"name": "水" * 300}] * 20
    page = await open_dialog(world, message, person=ALEX, command=command)
    assert page.title == title
    assert 0 < len(page.choices("record")) <= 15


async def test_what_changed_last_stands_first_of_all_types_and_no_more_than_people_look_through(world: World) -> None:
    world.clock.advance(60)
    await rename(world, "Changed before", 2)
    world.clock.advance(60)
    await rename(world, "Changed just now", 1, ("knowledgearticles",))
    page = await open_dialog(world, None, person=ALEX, command="connectChat")
    listed = [each.split(" · ") for each in page.choices("record")]
    assert "Changed just now" in listed[0]
    assert ["Changed before" in each for each in listed[1:4]] == [True] * 3
    assert len(page.inputs["record"]["choices"]) <= 15
    await world.settle()


async def test_a_page_asks_for_all_it_shows_at_once(world: World) -> None:
    await world.say("connect CAS-01001 quiet")
    await world.settle()
    world.card()
    asked = len(world.dataverse_was_asked)
    world.dataverse_hangs_on = "/incidents("
    opening = asyncio.create_task(open_dialog(world, person=ALEX))
    await world.until(lambda: any("/incidents?" in each for each in world.dataverse_was_asked[asked:]))
    await world.until(lambda: any("/incidents(" in each for each in world.dataverse_was_asked[asked:]))
    world.dataverse_hangs_on = ""
    page = await opening
    assert texts(page.card)[0].startswith("CAS-01001 · Pump vibrates")
    assert sum("/incidents(" in each for each in world.dataverse_was_asked[asked:]) == 1
    assert await submit(world, page.step("Save"), person=ALEX) == "Saved to CAS-01001 as a note."
