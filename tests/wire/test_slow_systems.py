"""A slow or failing system is called by its name, and a change that goes on is not called failed or slow."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from bot.domain.extension_names import SEARCH
from tests.steps.members import create_chat
from tests.steps.new_chats import button_data, members, people_page, press, selection
from tests.wire.people import ADELE, ALEX, ISAIAH, MEGAN
from tests.wire.world import GROUP, HURRIED, OTHER_GROUP, PERSONAL, UNPACED, World, texts

pytestmark = pytest.mark.one_database

Door = Callable[[World], Coroutine[Any, Any, str]]
"""Asks for something; returns the first sentence of the answer."""


async def command(world: World) -> str:
    await world.say("records")
    return texts(world.card())[0]


async def number(world: World) -> str:
    await world.say("chats CAS-01001", chat=PERSONAL)
    return texts(world.card(PERSONAL))[0]


async def button(world: World) -> str:
    return texts((await world.press({"verb": "records", "data": {}}))["value"])[0]


async def my_chats(world: World) -> str:
    return texts((await world.press({"verb": "my chats", "data": RECORD}, chat=PERSONAL))["value"])[0]


async def addition(world: World) -> str:
    data = {"person": ISAIAH.object_id}
    return texts((await world.press({"verb": "add person", "data": data}))["value"])[0]


async def new_chat(world: World) -> str:
    return texts(await world.ask_page({"dialog": "newChat", **RECORD}))[0]


async def channels(world: World) -> str:
    return texts(await world.ask_page({"dialog": "connectChannel"}))[0]


async def connection(world: World) -> str:
    record = "|".join(RECORD.values())
    return texts(await world.ask_page({"dialog": "connectThisChat", "record": record, "note": "true"}))[0]


async def link(world: World) -> str:
    (found,) = await world.paste(f"{world.sandbox}/main.aspx?pagetype=entityrecord&etn=incident&id={RECORD['row']}")
    return texts(found["content"])[0]


async def search(world: World) -> str:
    parameters = [{"name": "words", "value": "pump"}]
    value = {"commandId": SEARCH, "parameters": parameters, "queryOptions": {"skip": 0, "count": 9}}
    _, body = await world.post(world.activity(type="invoke", name="composeExtension/query", value=value))
    return str(body["composeExtension"]["text"]).partition(". ")[0] + "."


RECORD = {"environment": "localhost/sandbox", "table": "incident", "row": ""}
DOORS: Mapping[str, tuple[str, tuple[Door, ...]]] = {
    "Dynamics 365": ("/api/", (number, my_chats, channels, link)),
    "Microsoft 365": ("/graph/", (my_chats, channels, addition)),
}
FAILING: Mapping[str, tuple[Door, ...]] = {
    "Dynamics 365": (new_chat, connection, search),
    "Microsoft 365": (new_chat,),
}
"""More doors, which ask two systems at once. In the test, both would be equally slow."""
OF_TEAMS: tuple[Door, ...] = (command, button, addition)
"""Doors that ask Teams whether the person is in the chat."""


@pytest.fixture
async def connected(world: World) -> World:
    """Connect a case, so that everybody has to be asked for, and start in a hurry."""
    RECORD.update(await button_data(world))
    for chat in (GROUP, OTHER_GROUP):
        await world.say("connect CAS-01002 quiet", chat=chat)
    await world.settle()
    world.connector.posts.clear()
    world.limits = HURRIED
    return world


async def test_the_system_that_is_slow_is_named(connected: World) -> None:
    world = connected
    said: dict[tuple[str, str], str] = {}
    for system, (path, doors) in DOORS.items():
        for door in doors:
            await world.restart()  # nothing is cached
            world.dataverse_hangs_on = path
            said[system, door.__name__] = await door(world)
            world.let_dataverse_answer()
    world.connector.member_answers.clear()
    for door in OF_TEAMS:
        reads = world.connector.member_reads
        asked = asyncio.create_task(door(world))
        await world.until(lambda before=reads: world.connector.member_reads > before)
        # The answer waits for nothing else.
        for _ in range(20):
            await world.until(lambda: not world.dataverse_pending)
            await asyncio.sleep(0.01)
        await world.pass_deadline()
        said["Microsoft Teams", door.__name__] = await asked
    world.connector.member_answers.set()
    assert {each: text for each, text in said.items() if text != f"{each[0]} is taking too long to respond."} == {}


async def test_the_system_that_fails_is_named(connected: World) -> None:
    world = connected
    world.limits = UNPACED
    said: dict[tuple[str, str], str] = {}
    for system, (path, doors) in DOORS.items():
        for door in (*doors, *FAILING[system]):
            await world.restart()
            world.dataverse_refuses = {path: (500, {})}
            said[system, door.__name__] = await door(world)
            world.dataverse_refuses.clear()
    assert {each: text for each, text in said.items() if text != f"{each[0]} is not responding."} == {}
    world.connector.roster_says = (500, b"")
    for door in OF_TEAMS:
        assert await door(world) == "Teams did not list the members of this chat."


def heard(world: World, chat: str) -> list[str]:
    """Return the first sentences of all posts, whose connector is the one of the chat's last activity."""
    return [*world.posted(chat), *(texts(card)[0] for card in world.connector.cards(chat))]


async def test_a_slow_change_of_members_is_not_called_failed(connected: World) -> None:
    """The change goes on after the answer, and the chat hears of its end."""
    world = connected
    world.limits = UNPACED
    await world.restart()
    chat = await create_chat(world)
    world.connector.members[chat] = [ADELE.account_id, MEGAN.account_id]
    world.limits = HURRIED
    await world.restart()
    for verb, person, doing in (
        ("add person", ISAIAH, "is being added to this chat."),
        ("remove person", MEGAN, "is being removed from this chat."),
    ):
        for fails in (True, False):
            world.dataverse_hangs_on = f"/graph/v1.0/chats/{chat}/members" + ("/" if verb.startswith("remove") else "")
            world.dataverse_hangs_method = "POST" if verb.startswith("add") else "DELETE"
            told = len(heard(world, chat))
            answer = await world.press({"verb": verb, "data": {"person": person.object_id}}, person=ADELE, chat=chat)
            assert texts(answer["value"]) == [f"{person.name} {doing}", "This chat is told when it is done."]
            if fails:
                world.dataverse_refuses = {f"/chats/{quote(chat, safe='')}/members": (403, {})}
            world.let_dataverse_answer()
            await world.until(lambda before=told: len(heard(world, chat)) > before)
            world.dataverse_refuses.clear()
            ended = "added" if verb.startswith("add") else "removed"
            expected = f"{person.name} could not be {ended}" if fails else f"Adele Vance {ended}"
            assert [each for each in heard(world, chat) if each.startswith(expected)]
            assert (person.object_id in await members(world, chat)) is (verb.startswith("add") is not fails)
    world.connector.posts.clear()


async def test_an_unconfirmed_change_of_members_is_not_called_failed(connected: World) -> None:
    world = connected
    world.limits = UNPACED
    await world.restart()
    chat = await create_chat(world)
    world.connector.members[chat] = [ADELE.account_id, MEGAN.account_id]
    await world.fault("graph", "lost; method=POST; ends=members")
    await world.fault("graph", "500; method=GET; ends=members; after=1")
    answer = await world.press({"verb": "add person", "data": {"person": ISAIAH.object_id}}, person=ADELE, chat=chat)
    said = answer["value"] if isinstance(answer["value"], str) else texts(answer["value"])[0]
    assert said in {"Adele Vance added Isaiah Langer to this chat.", "Microsoft 365 did not confirm the change."}
    assert ISAIAH.object_id in await members(world, chat)
    await world.settle()


async def test_a_new_chat_shows_its_progress_at_the_pace_of_graph(world: World) -> None:
    """Graph allows one call a second on a chat, so the installation ends after the answer."""
    page = await people_page(world)
    await world.fault("graph", "403; method=POST; ends=installedApps")
    half = await press(world, page, "Create chat", others=selection(MEGAN))
    refused = "Microsoft 365 does not let Chat Sync add itself to chats with its permissions."
    assert [each for each in texts(half) if each.startswith(refused)]
    assert "Or add Chat Sync to the chat yourself" in " ".join(texts(half))
    world.limits = replace(UNPACED, graph_pace_s=1, answer_within_s=5)
    await world.restart()
    running = await press(world, half, "Continue")
    assert texts(running) == [
        "Chat Sync is still working on it. To see the current state, select Refresh.",
        "Done: Create the chat",
        "Done: Add everyone to the chat",
        "In progress: Add Chat Sync to the chat",
        "Not started: Connect the chat to the record",
    ]
    for _ in range(3):
        world.clock.advance(1)
        await asyncio.sleep(0.05)
    (chat,) = world.made_chats()
    await world.until(lambda: world.posted(chat))
    ready = await press(world, running, "Refresh")
    assert texts(ready)[0] == "The chat is ready."
    assert not [each for each in texts(ready) if each.startswith("Not done")]
    world.limits = UNPACED
    await world.restart()
    await world.settle()


async def test_a_member_can_add_the_app_that_may_not_add_itself(world: World) -> None:
    page = await people_page(world)
    world.dataverse_refuses = {"installedApps": (403, {})}
    half = await press(world, page, "Create chat", others=selection(MEGAN))
    (chat,) = world.made_chats()
    again = await press(world, half, "Continue")
    assert "Not done: Add Chat Sync to the chat" in texts(again)
    world.connector.members[chat] = [ALEX.object_id, MEGAN.object_id]
    await world.post(world.activity(chat, type="installationUpdate", action="add"))
    assert texts(await press(world, again, "Continue"))[0] == "The chat is ready."
    world.dataverse_refuses.clear()
    await world.settle()
    world.connector.posts.clear()
