"""Dialogs of the bot in the pane: the same pages, buttons, searches, and refusals (spec P3, P7)."""

from datetime import timedelta
from typing import Any

import pytest

from bot.store.tables import audit, connection
from tests.steps.members import create_chat
from tests.steps.new_chats import inputs, members, selection
from tests.steps.pane import PanePage, case, error_of, open_pane
from tests.steps.saved_messages import open_dialog
from tests.wire.people import ADELE, ALEX, LYNNE, MEGAN, PATTI
from tests.wire.test_absent_app import take_out
from tests.wire.world import API, GROUP, PERSONAL, World, buttons, texts

pytestmark = pytest.mark.one_database


async def dialog(page: PanePage, name: str, data: object = None, **more: object) -> dict[str, Any]:
    """Return the requested page, or the text at the end."""
    status, body = await page.send("dialog", {"page": name, "data": data or {}, **more})
    assert status == 200, body
    answer: dict[str, Any] = body
    return answer


async def press(page: PanePage, shown: dict[str, Any], title: str, *, chat: str = "", **filled: str) -> dict[str, Any]:
    """Press a button of the page."""
    data = dict(buttons(shown["card"])[title]["data"])
    return await dialog(page, data.pop("dialog"), {**data, **filled}, chat=chat)


async def test_a_new_chat_about_the_record_is_created_with_its_note(world: World) -> None:
    page = await open_pane(world, ALEX)
    first = await dialog(page, "newChat", record=await case(world))
    assert first["title"] == "New connected chat"
    assert {"suggested", "others", "name", "note"} <= set(inputs(first["card"]))
    last = await press(page, first, "Create chat", others=selection(MEGAN), name="Pump")
    assert texts(last["card"])[0] == "The chat is ready."
    assert buttons(last["card"])["Open chat"]["url"].startswith(world.sandbox)
    await world.settle()
    (chat,) = world.made_chats()
    assert await members(world, chat) == [ALEX.object_id, MEGAN.object_id]
    assert world.posted(chat) == ["CAS-01001 is connected to this chat"]
    (stored,) = await world.rows_in(connection)
    assert stored["connector_id"] == ALEX.object_id
    assert not world.connector.posts.get(PERSONAL)
    assert "" not in world.connector.posts


async def test_the_page_is_the_one_of_the_bot(world: World) -> None:
    page, record = await open_pane(world, ALEX), await case(world)
    ours = await dialog(page, "newChat", record=record)
    theirs = await world.ask_page({"dialog": "newChat", **record}, person=ALEX)
    assert texts(ours["card"]) == texts(theirs)
    assert list(inputs(ours["card"])) == list(inputs(theirs))


async def test_people_are_found_while_typing(world: World) -> None:
    page = await open_pane(world, ALEX)
    status, body = await page.send("search", {"dataset": "people", "text": "meg", "data": {}})
    assert status == 200
    assert [each["value"] for each in body["choices"]] == [MEGAN.object_id]
    assert body["choices"][0]["title"].startswith("Megan Bowen")
    assert (await page.send("search", {"dataset": "nothing", "text": "x"}))[0] == 400


async def test_an_error_is_a_page_with_its_next_step(world: World) -> None:
    page, record = await open_pane(world, LYNNE), await case(world)
    refused = await dialog(page, "newChat", record=record)
    theirs = await world.ask_page({"dialog": "newChat", **record}, person=LYNNE)
    assert texts(refused["card"]) == texts(theirs)
    assert texts(refused["card"])[0].startswith("You have no user in Dynamics 365")
    unknown = await dialog(await open_pane(world, ALEX), "no such page")
    assert texts(unknown["card"])[0] == "This dialog no longer exists."


async def test_a_failed_page_can_be_tried_again(world: World) -> None:
    page, record = await open_pane(world, ALEX), await case(world)
    world.dataverse_is_down = True
    failed = await dialog(page, "newChat", record=record)
    assert "Dynamics 365" in texts(failed["card"])[0]
    world.dataverse_is_down = False
    again = await press(page, failed, "Try again")
    assert "others" in inputs(again["card"])


async def test_a_dialog_about_a_chat_is_only_for_its_members(world: World) -> None:
    chat = await create_chat(world)
    page = await open_pane(world, MEGAN)
    shown = await dialog(page, "members", chat=chat)
    done = await press(page, shown, "Add", chat=chat, names="Patti Fernandez")
    assert done == {"text": "Megan Bowen added Patti Fernandez to this chat."}
    await world.settle()
    assert PATTI.object_id in await members(world, chat)
    answers = []
    for person, named in ((ALEX, chat), (MEGAN, "19:unknown@thread.v2"), (MEGAN, "x" * 300)):
        status, body = await (await open_pane(world, person)).send("dialog", {"page": "members", "chat": named})
        answers.append((status, error_of(body)[0]))
    assert set(answers) == {(403, "Only members of this chat can do this.")}


async def test_strangers_get_one_answer_also_for_a_chat_without_the_app(world: World) -> None:
    chat = await create_chat(world)
    await take_out(world, chat)
    answers = []
    for person, named in ((ALEX, chat), (ALEX, "19:unknown@thread.v2"), (MEGAN, chat)):
        status, body = await (await open_pane(world, person)).send("dialog", {"page": "members", "chat": named})
        answers.append((status, error_of(body)[0]))
    assert answers[0] == answers[1] == (403, "Only members of this chat can do this.")
    assert answers[2] == (403, "Chat Sync is not in this chat.")


async def test_without_a_chat_nothing_is_said_anywhere(world: World) -> None:
    page = await open_pane(world, ALEX)
    await world.say("connect CAS-01001 quiet", person=ALEX)
    await world.settle()
    before = {chat: list(posts) for chat, posts in world.connector.posts.items()}
    for name in ("members", "notifications"):
        said = texts((await dialog(page, name))["card"])
        assert said[0] in {"This works only in a chat.", "You can add and remove people only in group chats."}, said
    (stored,) = await world.rows_in(connection)
    for verb in ("mute", "unmute", "disconnect", "resume sync", "add owner", "records", "status", "add person"):
        data = {"connection": stored["public_id"], "person": MEGAN.object_id, "for": "1h"}
        status, body = await page.send("button", {"verb": verb, "data": data})
        assert status == 200
        assert texts(body["card"])
    await world.settle()
    assert {chat: list(posts) for chat, posts in world.connector.posts.items()} == before


async def test_a_button_in_a_chat_is_answered_as_by_the_bot(world: World) -> None:
    await world.say("connect CAS-01001 quiet", person=ALEX)
    await world.settle()
    (stored,) = await world.rows_in(connection)
    # Rosters of Teams also know people by their object IDs.
    world.connector.members[GROUP] += [ALEX.object_id]
    page = await open_pane(world, ALEX)
    named = {"connection": stored["public_id"]}
    status, body = await page.send("button", {"verb": "disconnect", "data": named, "chat": GROUP})
    assert (status, body) == (200, {"text": "Alex Wilber disconnected CAS-01001 from this chat."})
    status, body = await page.send("button", {"verb": "no such verb", "data": {}})
    assert texts(body["card"])[0].startswith("This button")


async def test_forged_data_grants_nothing(world: World) -> None:
    page, hidden = await open_pane(world, PATTI), await case(world, "CAS-01005")
    refused = await dialog(page, "newChat", hidden)
    assert texts(refused["card"])[0] == "This case does not exist, or you do not have access to it."
    nobody = await dialog(page, "finishChat", {"wish": "00000000-0000-4000-8000-000000000001"})
    assert texts(nobody["card"])[0] == "Chat Sync cannot find the chat that you started."
    # The text of a message comes only from Teams.
    saved = await dialog(page, "saveToRecord", {"text": "invented", "author": "Adele Vance"})
    assert "invented" not in " ".join(texts(saved["card"]))
    settings = await dialog(page, "settings", {"environment": hidden["environment"]})
    assert "System Administrator" in texts(settings["card"])[0]
    assert world.made_chats() == []


async def test_a_message_that_is_saved_here_names_who_saved_it(world: World) -> None:
    """A page of a dialog in Teams can be sent here, where the request does not contain the name of the person."""
    # Rosters of Teams also know people by their object IDs.
    world.connector.members[GROUP] += [ADELE.object_id]
    filled = (await open_dialog(world)).step("Save", words="CAS-01001", text="Something else")
    name = str(filled.pop("dialog"))
    saved = await dialog(await open_pane(world, ADELE), name, filled, chat=GROUP)
    assert saved == {"text": "Saved to CAS-01001 as a note."}
    query = {"$filter": "contains(notetext,'Something else')"}
    async with world.session.get(f"{world.sandbox}{API}/annotations", params=query) as answer:
        (note,) = (await answer.json())["value"]
    assert {"Changed by Adele Vance", "Saved by Adele Vance"} <= set(note["notetext"].splitlines())


async def test_the_audit_trail_names_who_started_a_chat_here(world: World) -> None:
    page = await open_pane(world, ALEX)
    shown = await dialog(page, "newChat", record=await case(world))
    await press(page, shown, "Create chat", others=selection(MEGAN))
    await world.settle()
    entries = await world.rows_in(audit)
    assert {each["act"] for each in entries} == {"new chat", "new chat created", "connect"}
    assert {each["person_name"] for each in entries} == {"Alex Wilber"}


async def test_another_persons_creation_cannot_be_continued(world: World) -> None:
    page = await open_pane(world, ALEX)
    shown = await dialog(page, "newChat", record=await case(world))
    await world.fault("graph", "403; method=POST; ends=installedApps")
    half = await press(page, shown, "Create chat", others=selection(ADELE))
    stolen = await press(await open_pane(world, MEGAN), half, "Continue")
    assert texts(stolen["card"])[0] == "Chat Sync cannot find the chat that you started."
    assert texts((await press(page, half, "Continue"))["card"])[0] == "The chat is ready."
    await world.settle()


@pytest.mark.parametrize("name", ["dialog", "button", "search"])
async def test_bodies_that_no_page_sends_are_refused(world: World, name: str) -> None:
    page = await open_pane(world, ALEX)
    named = {"page": "newChat", "verb": "chats", "dataset": "people"}
    nested: Any = "x"
    for _ in range(150):
        nested = {"x": nested}
    wrong: list[tuple[object, set[int]]] = [
        ({**named, "data": []}, {400}),
        ({**named, "data": "x"}, {400}),
        ({**named, "record": "incident"}, {400}),
        ({**named, "chat": ["x"]}, {400}),
        ({**named, "chat": "x" * 301}, {400}),
        ({**named, "timeZone": 5}, {400}),
        ({**named, "data": nested}, {400}),
        ({**named, "data": {"x": [[]] * 200}}, {400}),
        ({**named, "data": {str(each): "" for each in range(1_000)}}, {400}),
        ({**named, "data": {"x": "x" * 70_000}}, {413}),
        ({"page": 5, "verb": 5, "dataset": 5}, {400}),
        ({}, {400}),
        ([], {400}),
    ]
    for body, statuses in wrong:
        status, answer = await page.send(name, body)
        assert status in statuses, (body, answer)
    assert (await page.send(name, {**named, "timeZone": "../x", "data": {"x": {"y": 1}, "z": None}}))[0] == 200


@pytest.mark.parametrize("name", ["dialog", "button", "search"])
async def test_without_a_session_nothing_is_answered(world: World, name: str) -> None:
    page = await open_pane(world, ALEX)
    body = {"page": "newChat", "verb": "chats", "dataset": "people"}
    assert (await PanePage(world).send(name, body))[0] == 401
    assert (await page.send(name, body, Sec_Fetch_Site="cross-site"))[0] == 403
    world.clock.advance(timedelta(minutes=31).total_seconds())
    status, answer = await page.send(name, body)
    assert (status, answer["error"]["kind"]) == (401, "signedOut")
