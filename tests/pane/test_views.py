"""Views of the pane: a record's chats, the timeline, and a person's chats (spec P2, P4, P8)."""

import pytest
from sqlalchemy import update

from bot.sandbox.teams.people import DIRECTORY
from bot.store.tables import environment
from tests.steps.members import ASK, OPEN, YOURS, create_chat
from tests.steps.pane import PanePage, case, error_of, open_pane, rows
from tests.wire.people import ALEX, DIEGO, ISAIAH, LYNNE, MEGAN, PATTI, Somebody
from tests.wire.world import PERSONAL, World


async def add(world: World, chat: str, person: Somebody) -> None:
    """Add the person to a chat that was created through Graph."""
    row = next(each for each in world.teams.chats() if each.id == chat)
    await world.teams.add(row, DIRECTORY[person.object_id], None)


async def refused(page: PanePage, record: object) -> tuple[int, str, str]:
    status, body = await page.send("view", {"record": record})
    return status, *error_of(body)


async def test_a_record_shows_its_chats_and_each_persons_way_into_them(world: World) -> None:
    await create_chat(world)
    record = await case(world)
    view = await (await open_pane(world, MEGAN)).view(record)
    assert view["record"]["kind"] == "Case"
    assert (view["record"]["number"], view["record"]["name"]) == ("CAS-01001", "Pump vibrates after firmware update")
    assert view["record"]["url"].startswith(world.sandbox)
    (row,) = rows(view, "connected")
    assert (row["name"], row["state"], row["text"], row["canDisconnect"]) == ("Pump", "open", YOURS, True)
    assert row["url"].startswith(world.sandbox)
    assert row["facts"][0]["text"].startswith("Connected by Adele Vance (")
    for person, state, text in ((ALEX, "join", OPEN), (ISAIAH, "locked", "You have read-only access to this record.")):
        (row,) = rows(await (await open_pane(world, person)).view(record), "connected")
        assert (row["name"], row["state"], row["url"], row["canDisconnect"]) == ("Pump", state, "", False)
        assert row["text"] == (text if state == "join" else f"Locked. {text} {ASK}")


async def test_a_person_joins_and_the_view_shows_it(world: World) -> None:
    await create_chat(world)
    page, record = await open_pane(world, ALEX), await case(world)
    (row,) = rows(await page.view(record), "connected")
    status, body = await page.send("join", {"connection": row["connection"]})
    assert (status, body) == (200, {"text": "You joined the chat about CAS-01001.", "isQuestion": False})
    (row,) = rows(await page.view(record, renew=True), "connected")
    assert (row["state"], row["text"]) == ("open", YOURS)
    await world.settle()


async def test_other_chats_can_be_connected_and_a_disconnect_undone(world: World) -> None:
    chat = await create_chat(world, "Booster", "CAS-01002")
    page, record = await open_pane(world, MEGAN), await case(world)
    view = await page.view(record)
    assert rows(view, "connected") == rows(view, "otherChats") == []
    (row,) = rows(view, "otherRecords")
    assert (row["name"], row["text"], row["chat"]) == ("Booster", "Connected to 1 other record.", chat)
    body = {"record": record, "chat": chat, "note": "none"}
    assert (await page.send("connect", body))[1]["text"] == "The chat is connected."
    await world.settle()
    (row,) = rows(await page.view(record), "connected")
    named = {"connection": row["connection"]}
    assert (await page.send("disconnect", named))[1]["text"] == "Megan Bowen disconnected CAS-01001 from this chat."
    assert rows(await page.view(record), "connected") == []
    assert "connected CAS-01001 to this chat again" in (await page.send("undo", named))[1]["text"]
    (row,) = rows(await page.view(record), "connected")
    assert row["name"] == "Booster"
    await world.settle()
    assert [text.partition(" ")[0] for text in world.posted(chat)][-2:] == ["Megan", "Megan"]


async def test_the_person_is_asked_before_a_note_reaches_people_without_access(world: World) -> None:
    chat = await create_chat(world, "Booster", "CAS-01002")
    page, record = await open_pane(world, MEGAN), await case(world)
    await add(world, chat, LYNNE)
    await world.settle()
    status, body = await page.send("connect", {"record": record, "chat": chat})
    assert (status, body["isQuestion"]) == (200, True)
    assert body["text"] == "1 of 3 people in this chat cannot open this case."
    assert rows(await page.view(record), "connected") == []
    assert (await page.send("connect", {"record": record, "chat": chat, "note": "send"}))[1]["isQuestion"] is False
    assert len(rows(await page.view(record), "connected")) == 1
    await world.settle()


async def test_the_timeline_keeps_ended_connections(world: World) -> None:
    await create_chat(world)
    page, record = await open_pane(world, MEGAN), await case(world)
    (row,) = rows(await page.view(record), "connected")
    await page.send("disconnect", {"connection": row["connection"]})
    view = await page.view(record, tab="timeline")
    (row,) = rows(view, "timeline")
    assert (row["name"], row["text"], row["url"]) == ("Pump", "", "")
    assert [fact["text"] for fact in row["facts"]][-1] == "Disconnected by Megan Bowen"
    await world.settle()


async def test_without_a_record_a_person_sees_their_connected_chats_with_records(world: World) -> None:
    await create_chat(world, "Pump")
    world.clock.advance(60)
    await create_chat(world, "Booster", "CAS-01002")
    page = await open_pane(world, MEGAN)
    view = await page.view()
    assert view["record"] is None
    found = rows(view, "myChats")
    assert {row["name"]: [each["number"] for each in row["records"]] for row in found} == {
        "Booster": ["CAS-01002"],
        "Pump": ["CAS-01001"],
    }
    assert [row["name"] for row in rows(await page.view(words="boo"), "myChats")] == ["Booster"]
    assert rows(await page.view(words="nothing"), "myChats") == []
    # Somebody else's chats are not there.
    assert rows(await (await open_pane(world, ALEX)).view(), "myChats") == []


async def test_a_record_that_a_person_cannot_open_has_no_name_in_their_chats(world: World) -> None:
    chat = await create_chat(world, "Secret plan", "CAS-01005")
    await add(world, chat, PATTI)
    await world.settle()
    (found,) = rows(await (await open_pane(world, PATTI)).view(), "myChats")
    assert (found["name"], found["records"]) == ("Secret plan", [None])


async def test_missing_and_hidden_records_get_one_answer(world: World) -> None:
    page = await open_pane(world, PATTI)
    hidden = await case(world, "CAS-01005")
    missing = {**hidden, "row": "99999999-0000-4000-8000-000000000001"}
    answers = [await refused(page, record) for record in (hidden, missing)]
    assert answers[0] == answers[1]
    assert answers[0][:2] == (404, "This case does not exist, or you do not have access to it.")


@pytest.mark.parametrize("person", [LYNNE, DIEGO])
async def test_a_person_without_an_enabled_user_is_told_whom_to_ask(world: World, person: Somebody) -> None:
    page = await open_pane(world, person)
    for record in (None, await case(world), await case(world, "CAS-01005")):
        status, text, next_step = await refused(page, record)
        assert status == 403
        assert text.startswith("You have no user" if person is LYNNE else "Your Dynamics 365 user is disabled")
        assert next_step


async def test_while_chats_are_off_nothing_is_shown(world: World) -> None:
    page, record = await open_pane(world, ALEX), await case(world)
    async with world.engines.writing.begin() as begun:
        await begun.execute(update(environment).values(chats_on=False))
    await world.restart()
    for each in (None, record):
        assert (await refused(page, each))[:2] == (403, "Your administrator turned off chats for Dynamics 365.")


async def test_a_table_that_is_not_enabled_is_named(world: World) -> None:
    page = await open_pane(world, ALEX)
    record = {**await case(world), "table": "systemuser"}
    assert (await refused(page, record))[0] == 422


async def test_records_that_no_page_names_are_refused(world: World) -> None:
    page, record = await open_pane(world, ALEX), await case(world)
    for changed in (
        {"environment": "elsewhere"},
        {"row": "1"},
        {"row": "../accounts"},
        {"row": None},
        {"table": "x" * 200},
        {"table": "incident'/x"},
    ):
        assert (await refused(page, {**record, **changed}))[0] in {400, 422}, changed
    unnamed: list[object] = [[], 7, "incident", {}]
    for named in unnamed:
        assert (await refused(page, named))[0] == 400, named


async def test_if_graph_fails_the_chats_of_the_record_are_still_shown(world: World) -> None:
    await create_chat(world)
    page, record = await open_pane(world, MEGAN), await case(world)
    world.dataverse_refuses["/graph/v1.0/"] = (503, {})
    view = await page.view(record)
    assert [row["name"] for row in rows(view, "connected")] == ["Pump"]
    # No section claims that there are no other chats.
    assert [each["name"] for each in view["sections"]] == ["connected", "otherRecords"]
    problem = view["sections"][1]["problem"]
    assert (problem["kind"], bool(problem["text"])) == ("unavailable", True)
    assert rows(view, "otherRecords") == []
    status, body = await page.send("view", {"record": None})
    assert (status, body["error"]["kind"]) == (503, "unavailable")


async def test_if_dataverse_fails_the_page_is_told_to_try_again(world: World) -> None:
    page, record = await open_pane(world, MEGAN), await case(world)
    world.dataverse_is_down = True
    status, body = await page.send("view", {"record": record})
    assert (status, body["error"]["kind"]) == (503, "unavailable")
    assert "Dynamics 365" in body["error"]["text"]


async def test_more_than_fifty_chats_are_shown_when_asked_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.features.pane.views.PAGE_SIZE", 2)
    for number in range(4):
        await create_chat(world, f"Plan {number}")
    page, record = await open_pane(world, MEGAN), await case(world)
    for shown, names in ((0, ["Plan 3", "Plan 2"]), (3, ["Plan 3", "Plan 2", "Plan 1"]), (2**31 - 1, None)):
        view = await page.view(record, shown=shown)
        found = [row["name"] for row in rows(view, "connected")]
        assert found == (names or ["Plan 3", "Plan 2", "Plan 1", "Plan 0"])
        assert [each["total"] for each in view["sections"] if each["name"] == "connected"] == [4]
    assert [row["name"] for row in rows(await page.view(record, words="plan 0"), "connected")] == ["Plan 0"]
    wrong: list[object] = [-1, 2**31, 1.5, True, "2"]
    for each in wrong:
        assert (await page.send("view", {"record": record, "shown": each}))[0] == 400


async def test_nothing_is_said_in_chats_by_looking(world: World) -> None:
    page = await open_pane(world, MEGAN)
    await page.view(await case(world))
    await page.view()
    assert world.nothing_was_said()
    assert not world.connector.posts.get(PERSONAL)
