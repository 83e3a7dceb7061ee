"""Dialogs: requests for pages from Teams and other channels, and answers to unknown requests."""

import asyncio
from typing import Any

import pytest

from tests.cards.schema import schema_errors
from tests.steps.record_search import queries_with_words
from tests.wire.people import ADELE, PATTI
from tests.wire.world import GROUP, World, texts

pytestmark = pytest.mark.one_database

GONE = ["This dialog no longer exists.", "To see all commands, write help."]

INVOKES = ("task/fetch", "task/submit", "composeExtension/fetchTask", "composeExtension/submitAction")


async def invoke(world: World, name: str, value: object) -> tuple[int, Any]:
    return await world.post(world.activity(type="invoke", name=name, value=value))


@pytest.mark.parametrize("name", INVOKES)
@pytest.mark.parametrize(
    "value",
    [
        {"data": {"dialog": "nothing of ours"}},
        {"commandId": "nothing of ours", "commandContext": "compose"},
        {"data": {"dialog": ["a", "list"]}, "commandId": 5},
        {"data": "a text"},
        {},
        None,
    ],
    ids=repr,
)
async def test_an_unknown_dialog_gets_a_page_that_says_so(world: World, name: str, value: object) -> None:
    status, body = await invoke(world, name, value)
    assert status == 200
    shown = body["task"]
    assert (shown["type"], shown["value"]["title"]) == ("continue", "Chat Sync")
    card = shown["value"]["card"]
    assert card["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert texts(card["content"]) == GONE
    assert schema_errors(card["content"]) == []


async def test_where_there_are_no_dialogs_the_page_comes_as_a_card(world: World) -> None:
    pressed = world.activity(type="message", channelId="emulator", value={"dialog": "nothing of ours"})
    status, _ = await world.post(pressed)
    assert status == 201
    assert texts(world.card()) == GONE


@pytest.mark.parametrize("value", [{"dataset": "nothing of ours", "queryText": "a"}, {"dataset": 5}, "a text", None])
async def test_a_search_that_is_none_of_ours_is_refused(world: World, value: object) -> None:
    status, body = await invoke(world, "application/search", value)
    assert (status, body["error"]["code"]) == (400, "BadRequest")
    assert world.nothing_was_said(GROUP)


async def test_what_was_typed_before_is_not_searched_to_the_end(world: World) -> None:
    await world.type_in("records", "pump")
    world.dataverse_hangs_on = "/incidents"
    first = asyncio.create_task(world.type_in("records", "pum"))
    await world.until(lambda: queries_with_words(world, "'pum'"))
    second = asyncio.create_task(world.type_in("records", "pump v"))
    # Dataverse does not respond yet, and a person who typed on does not wait for it.
    async with asyncio.timeout(world.limits.answer_within_s / 2):
        assert await first == []
    world.dataverse_hangs_on = ""
    assert any("CAS-01001" in title for title in await second)


async def test_equal_searches_of_one_person_are_one_and_of_two_people_two(world: World) -> None:
    for person in (ADELE, PATTI):
        await world.type_in("records", "pump", person=person)
    world.dataverse_was_asked.clear()
    world.dataverse_hangs_on = "/incidents"
    everybody = [
        asyncio.create_task(world.type_in("records", "vibrates", person=each)) for each in (ADELE, ADELE, PATTI)
    ]
    await world.until(lambda: len(queries_with_words(world, "vibrates")) == 2)
    # A later request of the same people is answered after all of theirs have arrived.
    for person in (ADELE, PATTI):
        assert await world.type_in("people", "megan", person=person)
    assert len(queries_with_words(world, "vibrates")) == 2
    world.dataverse_hangs_on = ""
    first, again, other = await asyncio.gather(*everybody)
    assert first == again
    assert any("CAS-01001" in title for title in other)
    assert len(queries_with_words(world, "vibrates")) == 2


async def test_typing_into_one_input_ends_no_search_of_another(world: World) -> None:
    await world.type_in("records", "pump")
    world.dataverse_hangs_on = "/incidents"
    records = asyncio.create_task(world.type_in("records", "vibrates"))
    await world.until(lambda: queries_with_words(world, "vibrates"))
    assert await world.type_in("people", "van") == ["Adele Vance · Service Representative"]
    world.dataverse_hangs_on = ""
    assert any("CAS-01001" in title for title in await records)
