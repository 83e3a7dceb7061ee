"""List the chats of a record, and join them (spec A1, J1-J3)."""

from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import update

from bot.domain.errors import Unavailable
from bot.domain.values import ChatId, ObjectId
from bot.graph.chats import GraphChats
from bot.store.tables import audit, chat, connection, record_type
from tests.steps.members import ASK, OPEN, YOURS, create_chat
from tests.steps.new_chats import members, press, selection
from tests.wire.people import ADELE, ALEX, ISAIAH, LYNNE, MEGAN, PATTI, Somebody
from tests.wire.world import GROUP, PERSONAL, World, buttons, texts

pytestmark = pytest.mark.one_database

READ_ONLY = "you have read-only access to this record"
OFF = "Joining is off for this record type"


async def test_the_note_and_each_change_lead_to_the_records_chats(world: World) -> None:
    await world.say("connect CAS-01001", person=ADELE)
    await world.settle()
    note = world.card()
    await world.change({"prioritycode": 1}, by=ADELE)
    await world.window_ends()
    for card in (note, world.card()):
        answer = await world.press(buttons(card)["Chats"], person=PATTI)
        assert texts(answer["value"])[0] == "Chats about CAS-01001"


async def listed(world: World, person: Somebody, text: str = "chats CAS-01001") -> dict[str, Any]:
    await world.say(text, person=person, chat=PERSONAL)
    return world.card(PERSONAL)


async def joining(world: World, *, on: bool) -> None:
    async with world.engines.writing.begin() as begun:
        await begun.execute(update(record_type).where(record_type.c.table == "incident").values(join=on))
    await world.restart()


async def test_members_open_the_chat_and_people_who_can_join_it_join(world: World) -> None:
    chat = await create_chat(world)
    card = await listed(world, MEGAN)
    said = texts(card)
    assert said[:3] == ["Chats about CAS-01001", "Case · Pump vibrates after firmware update", "Pump"]
    assert said[3].startswith("Connected by Adele Vance (")
    assert said[4:] == [YOURS, "1 chat"]
    assert buttons(card)["Open chat"]["url"]
    card = await listed(world, ALEX, "join CAS-01001")
    assert texts(card)[4] == OPEN
    answer = await world.press(buttons(card)["Join"], person=ALEX, chat=PERSONAL)
    assert texts(answer["value"])[0] == "You joined the chat about CAS-01001."
    assert ALEX.object_id in await members(world, chat)
    await world.settle()
    assert world.posted(chat)[-1] == "Alex Wilber is joining from CAS-01001."
    assert [row["act"] for row in await world.rows_in(audit)][-1] == "join"
    # A second press changes nothing.
    answer = await world.press(buttons(card)["Join"], person=ALEX, chat=PERSONAL)
    assert texts(answer["value"]) == ["You are already in this chat."]
    assert (await members(world, chat)).count(ALEX.object_id) == 1
    assert texts(await listed(world, ALEX))[4] == YOURS


@pytest.mark.parametrize(
    ("on", "person", "state"),
    [
        (True, ALEX, OPEN),
        (True, ISAIAH, f"Locked. Y{READ_ONLY[1:]}. {ASK}"),
        (False, ALEX, f"Locked. {OFF}. {ASK}"),
        (False, ISAIAH, f"Locked. {OFF}, and {READ_ONLY}. {ASK}"),
    ],
    ids=["on and may write", "on and reads only", "off and may write", "off and reads only"],
)
async def test_joining_needs_the_switch_and_write_access(world: World, on: bool, person: Somebody, state: str) -> None:
    chat = await create_chat(world)
    open_button = buttons(await listed(world, ALEX))["Join"]
    await joining(world, on=on)
    card = await listed(world, person)
    assert texts(card)[4] == state
    assert ("Join" in buttons(card)) == (state == OPEN)
    # The data of an old button is checked again.
    answer = await world.press(open_button, person=person, chat=PERSONAL)
    is_in = person.object_id in await members(world, chat)
    if state == OPEN:
        assert is_in
    else:
        assert not is_in
        why = state.removeprefix("Locked. ").removesuffix(f" {ASK}")
        assert texts(answer["value"]) == [f"You cannot join this chat. {why}", ASK]
    await world.settle()


async def test_a_person_without_access_to_the_record_learns_nothing_about_its_chats(world: World) -> None:
    chat = await create_chat(world, "Secret plan", "CAS-01005")
    for person, refusal in ((PATTI, "This case does not exist"), (LYNNE, "You have no user")):
        said = texts(await listed(world, person, f"chats {await world.link('CAS-01005')}"))
        assert said[0].startswith(refusal)
        assert "Secret plan" not in str(said)
        assert person.object_id not in await members(world, chat)


async def test_connections_that_are_unknown_ended_or_hidden_get_one_answer(world: World) -> None:
    for number in ("CAS-01005", "CAS-01001"):
        await world.say(f"connect {number} quiet", person=ADELE)
        await world.settle()
        world.card()
    await world.say("disconnect CAS-01001")
    await world.settle()
    world.card()
    hidden, ended = await world.rows_in(connection)
    assert (hidden["ended_at"], ended["ended_at"]) == (None, world.clock.now())
    for person, refusal in ((PATTI, "This chat is no longer connected"), (LYNNE, "You have no user")):
        answers = [await pressed(world, person, named) for named in (hidden["public_id"], ended["public_id"], "0" * 32)]
        assert answers[0] == answers[1] == answers[2]
        assert answers[0][0].startswith(refusal)
        # A number, which names nothing.
        assert (await pressed(world, person, str(hidden["id"])))[0] == "This button no longer works."


async def pressed(world: World, person: Somebody, named: str) -> list[str]:
    """Press Join with this ID of a connection, and return the texts of the answer."""
    answer = await world.press({"verb": "join", "data": {"connection": named}}, person=person, chat=PERSONAL)
    return texts(answer["value"])


async def test_the_list_has_the_chats_of_the_record_page_by_page(world: World) -> None:
    for number in range(8):
        await create_chat(world, f"Plan {number}")
    first = await listed(world, ALEX)
    assert texts(first)[-1] == "1 to 6 of 8"
    answer = await world.press(buttons(first)["Next"], chat=PERSONAL)
    second = answer["value"]
    assert texts(second)[-1] == "7 to 8 of 8"
    assert "Plan 0" in texts(second)
    assert list(buttons(second))[-5:] == ["Find", "Previous", "New chat", "My other chats", "Timeline"]
    claim = {**buttons(first)["Next"]["data"], "words": "plan 3", "begin": "0"}
    found = (await world.press({"verb": "chats", "data": claim}, chat=PERSONAL))["value"]
    assert texts(found)[-1] == "1 chat with plan 3 in its name"
    none = (await world.press({"verb": "chats", "data": {**claim, "words": "x"}}, chat=PERSONAL))["value"]
    assert texts(none)[-1] == "No chat has x in its name."
    past = (await world.press({"verb": "chats", "data": {**claim, "words": "", "begin": "600"}}, chat=PERSONAL))[
        "value"
    ]
    assert texts(past)[-1] == "7 to 8 of 8"


async def test_if_the_directory_does_not_respond_the_stored_names_are_shown(world: World) -> None:
    await create_chat(world)
    world.dataverse_refuses["/v1.0/$batch"] = (403, {"error": {"code": "Forbidden", "message": "no"}})
    card = await listed(world, MEGAN)
    assert texts(card)[2] == "Pump"
    assert YOURS not in texts(card)
    async with world.engines.writing.begin() as begun:
        await begun.execute(update(chat).values(topic=None))
    assert texts(await listed(world, MEGAN))[2] == "Chat of Adele Vance"


async def test_in_a_chat_with_one_record_the_record_is_the_default(world: World) -> None:
    await world.say("connect CAS-01002 quiet")
    await world.settle()
    world.card()
    await world.say("chats")
    shown = (await world.press(buttons(world.card())["Show chats"]))["value"]
    assert texts(shown)[0] == "Chats about CAS-01002"
    await world.say("chats", chat=PERSONAL)
    assert texts(world.card(PERSONAL))[0] == "Which record?"


async def test_several_records_are_a_choice(world: World) -> None:
    await world.say("chats pump", chat=PERSONAL)
    card = world.card(PERSONAL)
    assert texts(card)[0] == "Show the chats of which record?"
    answer = await world.press(buttons(card)["Show chats"], chat=PERSONAL)
    assert texts(answer["value"])[-1] == "No chat is connected to this record."


@pytest.mark.parametrize("begin", ["-1", "x", "1" * 99])
async def test_a_forged_page_offset_is_refused(world: World, begin: str) -> None:
    row = await world.row("incidents", "CAS-01001")
    claim = {"environment": "localhost/sandbox", "table": "incident", "row": row, "begin": begin, "words": ""}
    answer = await world.press({"verb": "chats", "data": claim}, chat=GROUP)
    assert texts(answer["value"])[0] == "This button no longer works."


async def test_a_person_connects_another_of_their_chats_from_here(world: World) -> None:
    # Alex has a chat without a record, and a chat that is connected to another record.
    busy = await create_chat(world, "Spare parts", "CAS-01010")
    await world.press(buttons(await listed(world, ALEX, "chats CAS-01010"))["Join"], chat=PERSONAL)
    await world.settle()
    page = await world.ask_page({"dialog": "newChat"}, name="task/fetch")
    page = await press(world, page, "Next", record="")
    await press(world, page, "Create chat", others=selection(ISAIAH), name="Lunch")
    (lunch,) = {*world.made_chats()} - {busy}
    # Alex searches for a chat to connect.
    further = buttons(await listed(world, ALEX))["My other chats"]
    card = (await world.press(further, chat=PERSONAL))["value"]
    said = texts(card)
    assert said[0] == "My other chats to connect to CAS-01001"
    assert said.index("Spare parts") < said.index("Lunch")
    assert "Connected to 1 other record." in said
    assert "Not connected to a record." in said
    assert "CAS-01010" not in str(card)
    # The button connects it, and the chat is notified.
    into = {**buttons(card)["Connect"]["data"], "into": lunch}
    answer = await world.press({"verb": "connect", "data": into}, chat=PERSONAL)
    assert texts(answer["value"]) == ["The chat is connected.", "CAS-01001 is connected to this chat"]
    await world.settle()
    assert world.posted(lunch)[-1] == "CAS-01001 is connected to this chat"
    # The button works only for members of that chat.
    answer = await world.press({"verb": "connect", "data": {**into, "quiet": "quiet"}}, person=MEGAN, chat=PERSONAL)
    assert texts(answer["value"])[0] == "Chat Sync could not confirm that you are a member of this chat."
    for nowhere in ("x", "19:0123@unq.gbl.spaces", "19:0123@thread.tacv2", "../19:0@thread.v2"):
        answer = await world.press({"verb": "connect", "data": {**into, "into": nowhere}}, chat=PERSONAL)
        assert texts(answer["value"])[0] == "You cannot connect this chat from here."


async def test_a_full_chat_missing_consent_and_a_deleted_chat_are_reported(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = await create_chat(world)
    join = buttons(await listed(world, ALEX))["Join"]
    await world.fault("graph", "403; method=POST; ends=members")
    told = texts((await world.press(join, chat=PERSONAL))["value"])
    assert any("ChatMember.ReadWrite.All" in each for each in told)
    monkeypatch.setattr("bot.sandbox.graph.chats.MAX_MEMBERS", 2)
    monkeypatch.setattr("bot.graph.chats.MAX_MEMBERS", 2)
    assert "full" in texts((await world.press(join, chat=PERSONAL))["value"])[0]
    await world.fault("graph", "404; method=GET; ends=members")
    assert "does not exist" in " ".join(texts((await world.press(join, chat=PERSONAL))["value"]))
    assert ALEX.object_id not in await members(world, chat)
    acts = [row["act"] for row in await world.rows_in(audit)]
    # The chat that does not exist is found before anybody is added.
    assert acts[2:] == ["connect", "join", "join refused", "join", "join refused"]
    await world.settle()


async def test_a_new_member_is_announced_even_if_the_response_was_lost(world: World) -> None:
    chat = await create_chat(world)
    join = buttons(await listed(world, ALEX))["Join"]
    await world.fault("graph", "lost; method=POST; ends=members")
    assert texts((await world.press(join, chat=PERSONAL))["value"])[0] == "You joined the chat about CAS-01001."
    await world.settle()
    assert world.posted(chat)[1:] == ["Alex Wilber is joining from CAS-01001."]
    assert [row["act"] for row in await world.rows_in(audit)][2:] == ["connect", "join"]


async def test_if_a_person_cannot_be_added_the_announcement_says_so(world: World) -> None:
    chat = await create_chat(world)
    join = buttons(await listed(world, ALEX))["Join"]
    await world.fault("graph", "503; method=POST; ends=members")
    assert "is not responding" in " ".join(texts((await world.press(join, chat=PERSONAL))["value"]))
    await world.settle()
    assert world.posted(chat)[1:] == ["Alex Wilber could not be added to this chat."]
    assert ALEX.object_id not in await members(world, chat)
    assert [row["act"] for row in await world.rows_in(audit)][2:] == ["connect", "join", "join refused"]


async def test_if_the_announcement_cannot_be_edited_a_second_message_says_that_nobody_joined(world: World) -> None:
    chat = await create_chat(world)
    join = buttons(await listed(world, ALEX))["Join"]
    await world.fault("graph", "503; method=POST; ends=members")
    await world.fault("teams", "503; method=PUT")
    await world.press(join, chat=PERSONAL)
    await world.settle()
    assert world.posted(chat)[1:] == [
        "Alex Wilber is joining from CAS-01001.",
        "Alex Wilber could not be added to this chat.",
    ]


async def test_if_nobody_knows_whether_a_person_was_added_the_announcement_stays(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = await create_chat(world)
    join = buttons(await listed(world, ALEX))["Join"]
    add_member = GraphChats.add_member

    async def lose_the_response(directory: GraphChats, to: ChatId, person: ObjectId, *, guest: bool = False) -> None:
        await add_member(directory, to, person, guest=guest)
        world.dataverse_refuses[f"{quote(to)}/members"] = (403, {"error": {"code": "Forbidden", "message": "no"}})
        raise Unavailable("Microsoft 365 does not answer.")

    monkeypatch.setattr(GraphChats, "add_member", lose_the_response)
    assert "did not confirm" in texts((await world.press(join, chat=PERSONAL))["value"])[0]
    await world.settle()
    assert world.posted(chat)[1:] == ["Alex Wilber is joining from CAS-01001."]
    assert ALEX.object_id in await members(world, chat)
    assert [row["act"] for row in await world.rows_in(audit)][2:] == ["connect", "join"]


async def test_nobody_joins_a_chat_that_cannot_be_told(world: World) -> None:
    chat = await create_chat(world)
    join = buttons(await listed(world, ALEX))["Join"]
    for fault, said in (
        ("503; method=POST; ends=activities", "Teams is not accepting messages at the moment."),
        ("429; method=POST; ends=activities", "Teams is not accepting messages at the moment."),
        ("400; method=POST; ends=activities", "Teams does not accept messages in this chat."),
    ):
        await world.fault("teams", fault)
        assert texts((await world.press(join, chat=PERSONAL))["value"])[0] == said
    assert ALEX.object_id not in await members(world, chat)
    assert len(world.posted(chat)) == 1
    await world.press(join, chat=PERSONAL)
    assert ALEX.object_id in await members(world, chat)
    assert world.posted(chat)[1:] == ["Alex Wilber is joining from CAS-01001."]
