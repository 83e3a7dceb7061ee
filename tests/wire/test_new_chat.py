"""Create connected chats over HTTP in the sandbox's Graph (spec C7, C8, A6, S7)."""

import asyncio
from typing import Any

import pytest

from bot.sandbox.teams.chats import has_app, members_of
from bot.sandbox.teams.people import DIRECTORY
from bot.store.tables import connection, new_chat, record_type
from tests.steps.new_chats import button_data, inputs, members, people_page, press, selection
from tests.steps.records import SECRET_CASE
from tests.wire.people import ADELE, ALEX, DIEGO, ISAIAH, LYNNE, MEGAN, PATTI, Somebody
from tests.wire.world import API, GROUP, World, buttons, texts

pytestmark = pytest.mark.one_database


async def test_from_the_command_to_the_note_in_the_new_chat(world: World) -> None:
    await world.say("new", person=ADELE)
    opening = buttons(world.card())["New chat"]
    assert opening["data"]["msteams"] == {"type": "task/fetch"}
    first = await world.ask_page(opening["data"], person=ADELE, name="task/fetch")
    record = inputs(first)["record"]
    assert record["choices.data"] == {"type": "Data.Query", "dataset": "records"}
    listed = {each["title"]: each["value"] for each in record["choices"]}
    assert any(title.startswith("CAS-") for title in listed)
    row = "|".join((await button_data(world)).values())

    second = await press(world, first, "Next", person=ADELE, record=row)
    assert texts(second)[:3] == ["Case", "CAS-01001", "Pump vibrates after firmware update"]
    assert "Priority: Normal" in texts(second)
    assert inputs(second)["name"].get("value") is None
    assert inputs(second)["note"]["value"] == "true"
    assert ADELE.object_id not in str(inputs(second))

    last = await press(world, second, "Create chat", person=ADELE, others=selection(MEGAN, ISAIAH), name="Pump: today")
    assert texts(last)[0] == "The chat is ready."
    (chat,) = world.made_chats()
    assert await members(world, chat) == [ADELE.object_id, MEGAN.object_id, ISAIAH.object_id]
    assert world.teams.chats()[0].text("topic") == "Pump today"
    assert buttons(last)["Open chat"]["url"].endswith("thread.v2")
    await world.settle()
    assert world.posted(chat) == ["CAS-01001 is connected to this chat"]
    (kept,) = await world.rows_in(connection)
    assert (kept["chat_id"], kept["connector_id"]) == (chat, ADELE.object_id)
    assert world.nothing_was_said()


async def test_each_step_fails_once_and_the_result_is_one_chat_with_one_connection_and_one_note(world: World) -> None:
    page = await people_page(world)
    # Graph rejects the whole request, and loses the response to the request for the smallest chat.
    await world.fault("graph", "400; method=POST; path=chats")
    await world.fault("graph", "lost; method=POST; path=chats")
    page = await press(world, page, "Create chat", others=selection(MEGAN, ADELE), name="Pump")
    said = texts(page)
    assert said[:3] == ["Some steps are not done yet.", "Not done: Create the chat", said[2]]
    assert "is not responding" in said[2]
    assert len(world.made_chats()) == 1

    await world.fault("graph", "403; method=POST; ends=members")
    await world.fault("graph", "400; method=PATCH")
    await world.fault("graph", "503; method=POST; ends=installedApps")
    page = await press(world, page, "Continue")
    said = texts(page)
    assert said[1:3] == ["Done: Create the chat", "Not done: Add everyone to the chat"]
    assert "Could not add Adele Vance to the chat." in said[3]
    assert "ChatMember.ReadWrite.All" in said[3]
    assert said[4] == "Not done: Name the chat"
    assert "does not accept this name" in said[5]
    assert said[6] == "Not done: Add Chat Sync to the chat"
    assert "is not responding" in said[7]
    assert said[8] == "Not done: Connect the chat to the record"

    world.dataverse_refuses_to_act_for_people = {"error": {"code": "0x8004a110", "message": "no"}}
    page = await press(world, page, "Continue")
    world.dataverse_refuses_to_act_for_people = None
    said = texts(page)
    assert said[4:6] == ["Done: Add Chat Sync to the chat", "Not done: Connect the chat to the record"]
    assert "act for users" in said[6]

    await world.fault("teams", "503; method=POST")
    page = await press(world, page, "Continue")
    assert texts(page)[0] == "The chat is ready."
    assert "Continue" not in buttons(page)
    await world.settle()
    world.clock.advance(60)
    await world.settle()

    (chat,) = world.made_chats()
    assert await members(world, chat) == [ALEX.object_id, MEGAN.object_id, ADELE.object_id]
    assert world.teams.chats()[0].text("topic") == "Pump"
    assert len(await world.rows_in(connection)) == 1
    assert world.posted(chat) == ["CAS-01001 is connected to this chat"]


async def test_pressing_twice_at_once_creates_one_chat(world: World) -> None:
    page = await people_page(world)
    await asyncio.gather(*(press(world, page, "Create chat", others=selection(MEGAN)) for _ in range(3)))
    again = await press(world, page, "Create chat", others=selection(MEGAN, ADELE))
    assert texts(again)[0] == "The chat is ready."
    await world.settle()
    (chat,) = world.made_chats()
    assert world.posted(chat) == ["CAS-01001 is connected to this chat"]


async def test_an_unfinished_chat_is_offered_again_only_to_the_person_who_started_it(world: World) -> None:
    page = await people_page(world)
    await world.fault("graph", "403; method=POST; ends=installedApps")
    half = await press(world, page, "Create chat", others=selection(MEGAN))
    assert "TeamsAppInstallation.ReadWriteAndConsentSelfForChat.All" in " ".join(texts(half))
    stolen = await press(world, half, "Continue", person=MEGAN)
    assert texts(stolen)[0] == "Chat Sync cannot find the chat that you started."
    assert "Finish my last chat" not in buttons(await world.ask_page({"dialog": "newChat"}, person=MEGAN))

    await world.restart()
    first = await world.ask_page({"dialog": "newChat"})
    done = await press(world, first, "Finish my last chat")
    assert texts(done)[0] == "The chat is ready."
    await world.settle()
    assert "Finish my last chat" not in buttons(await world.ask_page({"dialog": "newChat"}))


async def test_a_person_who_left_the_chat_can_no_longer_change_it(world: World) -> None:
    page = await people_page(world)
    await world.fault("graph", "403; method=POST; ends=installedApps")
    half = await press(world, page, "Create chat", others=selection(MEGAN))
    (chat,) = world.teams.chats()
    mine = next(row for row in members_of(world.teams.rows, chat.id) if row.text("userId") == ALEX.object_id)
    await world.teams.remove(chat, mine)
    refused = await press(world, half, "Continue")
    assert "You are no longer in this chat. Ask a member of the chat to add you." in texts(refused)
    assert await members(world, chat.id) == [MEGAN.object_id]
    assert not has_app(world.teams.rows, chat.id)


async def test_without_the_note_the_chat_gets_one_line(world: World) -> None:
    page = await people_page(world)
    await press(world, page, "Create chat", others=selection(MEGAN), note="false")
    await world.settle()
    (chat,) = world.made_chats()
    assert world.posted(chat) == ["CAS-01001 is connected to this chat."]


async def test_auto_name_fills_in_the_records_name(world: World) -> None:
    async with world.engines.writing.begin() as database:
        await database.execute(record_type.update().where(record_type.c.table == "incident").values(auto_name=True))
    await world.restart()
    page = await people_page(world)
    assert inputs(page)["name"]["value"] == "Pump vibrates after firmware update"


async def test_a_chat_without_a_record_has_a_name_and_no_app(world: World) -> None:
    first = await world.ask_page({"dialog": "newChat", "person": PATTI.object_id})
    second = await press(world, first, "Next")
    assert inputs(second)["suggested"]["value"] == PATTI.object_id
    last = await press(world, second, "Create chat", others=selection(PATTI), name="a" * 300)
    assert texts(last) == [
        "The chat is ready.",
        "Done: Create the chat",
        "Done: Add everyone to the chat",
        "Done: Name the chat",
    ]
    (chat,) = world.teams.chats()
    assert chat.text("topic") == "a" * 250
    assert not has_app(world.teams.rows, chat.id)


@pytest.mark.parametrize(
    ("people", "problem"),
    [
        ("", "Choose at least one person."),
        (ALEX.object_id, "Choose at least one person."),
        ("not an id,,5", "Choose at least one person."),
        ("00000000-0000-0000-0000-000000000001", "A person whom you chose is no longer in your organization."),
        (DIEGO.object_id, "Diego Siciliani can no longer sign in."),
        (",".join(f"00000000-0000-0000-0001-{n:012}" for n in range(250)), "A chat can have at most 250 members."),
    ],
    ids=["nobody", "oneself", "no ids", "unknown", "disabled", "too many"],
)
async def test_people_who_cannot_be_added_are_named_on_the_page_and_the_input_stays(
    world: World, people: str, problem: str
) -> None:
    page = await people_page(world)
    again = await press(world, page, "Create chat", others=people, name="Pump", note="false")
    assert any(line.startswith(problem) for line in texts(again))
    assert inputs(again)["name"]["value"] == "Pump"
    assert inputs(again)["note"]["value"] == "false"
    assert buttons(again)["Create chat"]["data"]["wish"] == buttons(page)["Create chat"]["data"]["wish"]
    assert world.made_chats() == []


async def test_a_person_without_the_right_cannot_start_a_chat(world: World) -> None:
    secret = {"dialog": "newChat", **await button_data(world, SECRET_CASE)}
    assert "This case does not exist" in texts(await world.ask_page(secret, person=PATTI))[0]
    assert "You have no user" in texts(await world.ask_page({"dialog": "newChat"}, person=LYNNE))[0]
    assert "You have no user" in texts(await people_page(world, LYNNE))[0]
    button = buttons(await people_page(world))["Create chat"]["data"]
    for data in (
        {**button, "table": "systemuser"},
        {**button, "environment": "elsewhere.example"},
        {**button, "row": "x"},
        {**button, "wish": "x"},
    ):
        assert "Create chat" not in buttons(await world.ask_page({**data, "others": selection(MEGAN)}))
    secret_key = {**button, **await button_data(world, SECRET_CASE), "others": selection(MEGAN)}
    assert texts(await world.ask_page(secret_key, person=PATTI))[0].startswith("This case does not exist")
    assert (world.made_chats(), await world.rows_in(new_chat)) == ([], [])


async def test_the_person_confirms_a_note_that_reaches_people_without_access(world: World) -> None:
    page = await world.ask_page({"dialog": "newChat", **await button_data(world, SECRET_CASE)})
    asked = await press(world, page, "Create chat", others=selection(MEGAN, PATTI), name="Pump")
    question = next(line for line in texts(asked) if "cannot open" in line)
    assert question == (
        "Patti Fernandez cannot open this record, but would see the note. Remove the note, or send it anyway."
    )
    assert world.made_chats() == []
    without = await press(world, asked, "Create chat", suggested=selection(MEGAN, PATTI), note="false")
    assert texts(without)[0] == "The chat is ready."
    await world.settle()
    (chat,) = world.made_chats()
    assert world.posted(chat) == [f"{SECRET_CASE} is connected to this chat."]

    again = await world.ask_page({"dialog": "newChat", **await button_data(world, SECRET_CASE)})
    asked = await press(world, again, "Create chat", others=selection(PATTI))
    sent = await press(world, asked, "Send it anyway", suggested=selection(PATTI), note="true")
    assert texts(sent)[0] == "The chat is ready."
    await world.settle()
    other = next(each for each in world.made_chats() if each != chat)
    assert world.posted(other) == [f"{SECRET_CASE} is connected to this chat"]


async def test_typed_words_are_searched(world: World) -> None:
    assert any("CAS-01001" in title for title in await world.type_in("records", "pump vibrates"))
    assert len(await world.type_in("records", "")) > 3
    assert await world.type_in("people", "van") == ["Adele Vance · Service Representative"]
    assert await world.type_in("people", "alex") == []
    assert await world.type_in("people", "van", person=LYNNE) == []
    await world.fault("graph", "503; path=users")
    assert await world.type_in("people", "van", person=MEGAN) == ["Adele Vance · Service Representative"]


async def test_a_link_pasted_into_the_search_finds_its_record_for_people_who_can_read_it(world: World) -> None:
    link = await world.link(SECRET_CASE)
    (found,) = await world.type_in("records", f"see {link}.")
    assert found.startswith(f"{SECRET_CASE} · ")
    assert await world.type_in("records", link, person=PATTI) == []
    assert await world.type_in("records", "https://elsewhere.example/main.aspx") == []


async def test_the_record_can_be_typed_and_an_ambiguous_one_is_chosen(world: World) -> None:
    first = await world.ask_page({"dialog": "newChat"})
    for words in ("cas-01001", await world.link()):
        assert texts(await press(world, first, "Next", words=words))[:2] == ["Case", "CAS-01001"]
    several = await press(world, first, "Next", words="pump")
    choices = inputs(several)["record"]["choices"]
    assert len(choices) > 1
    second = await press(world, several, "Next", words="pump", record=choices[1]["value"])
    assert texts(second)[1] in choices[1]["title"]
    nothing = await press(world, first, "Next", words="zeppelin hangar")
    assert texts(nothing)[0] == "No record found."
    assert inputs(nothing)["words"]["value"] == "zeppelin hangar"
    elsewhere = await press(world, first, "Next", words="https://elsewhere.example/main.aspx")
    assert texts(elsewhere)[0] == "This link does not open a record in your Dynamics 365 environment."


async def test_people_can_be_typed_and_ambiguous_names_are_offered(world: World) -> None:
    page = await people_page(world)
    again = await press(world, page, "Create chat", names="megan.bowen@example.com, a, nobody", name="Pump")
    assert texts(again)[3] == "These names are not clear: a and nobody. Enter the full name, or choose a person."
    offered = {each["title"].partition(" ·")[0] for each in inputs(again)["suggested"]["choices"]}
    assert {"Megan Bowen", "Adele Vance"} <= offered
    assert inputs(again)["suggested"]["value"] == MEGAN.object_id
    done = await press(world, again, "Create chat", suggested=selection(MEGAN), names="adele vance")
    assert texts(done)[0] == "The chat is ready."
    (chat,) = world.made_chats()
    assert set(await members(world, chat)) == {ALEX.object_id, MEGAN.object_id, ADELE.object_id}
    await world.settle()


async def outside(world: World, person: Somebody, chat: str, number: str = "CAS-01001", **more: str) -> str:
    """Press Connect on a card in a chat without the app, and return the answer."""
    data = {**await button_data(world), "row": await world.row("incidents", number), **more}
    action = {"type": "Action.Execute", "verb": "connect", "data": data}
    pressed = world.activity(chat, person, type="invoke", name="adaptiveCard/action", value={"action": action})
    _, body = await world.post({**pressed, "serviceUrl": f"{world.sandbox}/teams/"})
    return body["value"] if isinstance(body["value"], str) else texts(body["value"])[0]


async def test_connecting_from_outside_adds_the_app_first(world: World) -> None:
    people = [DIRECTORY[each.object_id] for each in (ALEX, MEGAN)]
    chat = (await world.teams.create(people, "Ours")).id
    assert await outside(world, ADELE, chat) == "Only members of this chat can do this."
    await world.fault("graph", "403; method=POST; ends=installedApps")
    assert await outside(world, MEGAN, chat) == "Chat Sync is not in this chat."
    assert not has_app(world.teams.rows, chat)
    assert await outside(world, MEGAN, chat) == "CAS-01001 is connected to this chat"
    await world.settle()
    assert world.posted(chat) == ["CAS-01001 is connected to this chat"]
    assert await outside(world, MEGAN, "19:nowhere@thread.v2") == "Chat Sync is not in this chat."


async def test_people_of_the_record_are_suggested_with_the_reason(world: World) -> None:
    await world.say("connect CAS-01001 quiet", person=MEGAN)
    await world.settle()
    world.card()
    page = await people_page(world)
    titles = [each["title"] for each in inputs(page)["suggested"]["choices"]]
    assert "Megan Bowen · Connected a chat" in titles
    assert any("· Owner" in title for title in titles)
    last = await press(world, page, "Create chat", suggested=selection(MEGAN))
    assert texts(last)[0] == "The chat is ready."
    await world.settle()
    follow_up = await people_page(world, ADELE)
    assert "connected chat" not in str(inputs(follow_up)["suggested"])


async def test_in_channels_without_dialogs_the_pages_are_cards_in_the_chat(world: World) -> None:
    async def send(**activity: object) -> dict[str, Any]:
        status, _ = await world.post(world.activity(GROUP, ALEX, type="message", channelId="emulator", **activity))
        assert status == 201
        return world.card()

    opening = buttons(await send(text="new"))["New chat"]
    first = await send(value=opening["data"])
    second = await send(
        value={**buttons(first)["Next"]["data"], "record": "|".join((await button_data(world)).values())}
    )
    last = await send(value={**buttons(second)["Create chat"]["data"], "others": selection(MEGAN)})
    assert texts(last)[0] == "The chat is ready."
    await world.settle()
    (chat,) = world.made_chats()
    assert world.posted(chat) == ["CAS-01001 is connected to this chat"]


async def test_a_user_who_is_disabled_while_the_dialog_is_open_cannot_create_a_chat(world: World) -> None:
    page = await people_page(world, ADELE)
    url = f"{world.sandbox}{API}/systemusers({await world.user_id(ADELE)})"
    async with world.session.patch(url, json={"isdisabled": True}) as answer:
        assert answer.status == 204
    refused = await press(world, page, "Create chat", person=ADELE, others=selection(MEGAN), name="Pump")
    assert texts(refused)[0] == "Your Dynamics 365 user is disabled."
    assert world.made_chats() == []


async def test_a_refused_or_canceled_connection_installs_no_app(world: World) -> None:
    people = [DIRECTORY[each.object_id] for each in (ALEX, PATTI)]
    chat = (await world.teams.create(people, "Ours")).id
    assert (await outside(world, PATTI, chat, SECRET_CASE)).startswith("This case does not exist")
    question = "1 of 2 people in this chat cannot open this case."
    assert await outside(world, ALEX, chat, SECRET_CASE) == question
    assert not has_app(world.teams.rows, chat)
    assert (
        await outside(world, ALEX, chat, SECRET_CASE, audience="audience") == f"{SECRET_CASE} is connected to this chat"
    )
    assert has_app(world.teams.rows, chat)
    await world.settle()


async def test_a_chat_whose_creation_got_no_response_is_offered_again(world: World) -> None:
    page = await people_page(world)
    await world.fault("graph", "lost; method=POST; path=chats")
    await press(world, page, "Create chat", others=selection(MEGAN))
    done = await press(world, await world.ask_page({"dialog": "newChat"}), "Finish my last chat")
    assert texts(done)[0] == "The chat is ready."
    await world.settle()
    (chat,) = world.made_chats()
    assert world.posted(chat) == ["CAS-01001 is connected to this chat"]
