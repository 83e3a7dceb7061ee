"""Dialogs: how Teams and other channels ask for their pages, and what is answered to what is none of ours."""

from typing import Any

import pytest

from tests.cards.schema import schema_errors
from tests.wire.world import GROUP, World, texts

GONE = ["This dialog is not there any more.", "Write help to see what you can do."]

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
