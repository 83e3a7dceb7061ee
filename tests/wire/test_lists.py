"""Lists of chats and people: contents, readers, and an incomplete directory (spec A1, A3, L1, S5)."""

from dataclasses import replace
from typing import Any

import pytest

from tests.steps.chat_sync import run_due_jobs, write_message
from tests.steps.members import create_chat
from tests.steps.records import SECRET_CASE
from tests.steps.timeline import connect
from tests.wire.people import ADELE, ALEX, MEGAN, PATTI
from tests.wire.world import GROUP, OTHER_GROUP, PERSONAL, UNPACED, World, buttons, texts

pytestmark = pytest.mark.one_database

PRESENCES = "communications/getPresencesByUserId"
LISTS = {"chats": "Chats about", "timeline": "Timeline of", "suggest": "People for"}
UNKNOWN = "(presence unknown)"


async def listed(world: World, command: str) -> list[str]:
    await world.say(f"{command} CAS-01001", person=ALEX, chat=PERSONAL)
    return texts(world.card(PERSONAL))


@pytest.mark.parametrize("command", LISTS)
async def test_a_list_is_shown_without_presence_if_the_directory_fails(world: World, command: str) -> None:
    await connect(world)
    world.dataverse_refuses[PRESENCES] = (403, {"error": {"code": "Forbidden", "message": "no"}})
    said = await listed(world, command)
    assert said[0] == f"{LISTS[command]} CAS-01001"
    assert [each for each in said if f"Adele Vance {UNKNOWN}" in each]
    world.dataverse_refuses.clear()
    assert [each for each in await listed(world, command) if "Adele Vance (available)" in each]


@pytest.mark.parametrize("command", LISTS)
async def test_a_list_does_not_wait_for_slow_presence(bare_world: World, command: str) -> None:
    world = bare_world
    world.limits = replace(UNPACED, answer_within_s=6)
    await world.start()
    await world.add_bot(GROUP)
    await world.add_bot(PERSONAL)
    await connect(world)
    await listed(world, command)  # values are read only once
    world.dataverse_hangs_on = PRESENCES
    assert [each for each in await listed(world, command) if f"Adele Vance {UNKNOWN}" in each]
    await world.stop()


async def test_a_page_requests_all_connectors_at_once(world: World) -> None:
    await connect(world)
    await connect(world, OTHER_GROUP)
    world.dataverse_was_asked.clear()
    said = await listed(world, "chats")
    assert said[-1] == "2 chats"
    assert sum(PRESENCES in each for each in world.dataverse_was_asked) == 1
    assert ADELE.object_id in str(world.dataverse_was_sent)


async def test_a_list_shows_the_last_writer_and_the_time(world: World) -> None:
    await connect(world)
    await write_message(world, MEGAN)
    await run_due_jobs(world)
    await run_due_jobs(world)
    (last,) = [each for each in await listed(world, "chats") if each.startswith("Last message")]
    assert last.startswith("Last message by Megan Bowen · ")
    world.dataverse_refuses["$batch"] = (403, {"error": {"code": "Forbidden", "message": "no"}})
    (last,) = [each for each in await listed(world, "chats") if each.startswith("Last message")]
    assert last.startswith("Last message · ")


async def test_a_name_is_searched_among_the_newest_chats_and_the_list_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.features.chat_lists.connected_chats._MAX_SEARCHED", 1)
    await connect(world)
    assert (await named(world, "zeppelin"))[-1] == "No chat has zeppelin in its name."
    await connect(world, OTHER_GROUP)
    assert (await listed(world, "chats"))[-1] == "2 chats"
    assert (await named(world, "adele"))[-1] == "1 of the newest 1 chats has adele in its name"
    assert (await named(world, "zeppelin"))[-1] == "None of the newest 1 chats has zeppelin in its name."


async def named(world: World, words: str) -> list[str]:
    row = await world.row("incidents")
    claim = {"environment": "localhost/sandbox", "table": "incident", "row": row, "words": words}
    return texts((await world.press({"verb": "chats", "data": claim}, chat=PERSONAL))["value"])


def chats_page(world: World, chats: dict[str, str], *, more: str = "") -> tuple[int, object]:
    """Return a page of a person's chats as Graph formats it; `more`: there is another page."""
    rows = [{"id": each, "topic": topic, "chatType": "group", "members": []} for each, topic in chats.items()]
    link = {"@odata.nextLink": f"{world.sandbox}/graph/v1.0/users/{ALEX.object_id}/chats?$skiptoken={more}"}
    return 200, {"value": rows, **(link if more else {})}


async def my_chats(world: World, **more: str) -> dict[str, Any]:
    claim = {"environment": "localhost/sandbox", "table": "incident", "row": await world.row("incidents"), **more}
    card: dict[str, Any] = (await world.press({"verb": "my chats", "data": claim}, chat=PERSONAL))["value"]
    return card


MORE = "Only your most recent chats are listed. To connect another one, write connect in that chat."


async def my_texts(world: World, **more: str) -> list[str]:
    """Return the texts without the hint that other chats are not listed."""
    found = texts(await my_chats(world, **more))
    assert found.pop() == MORE
    return found


async def test_connected_chats_of_a_person_come_first_then_fifty_others(world: World) -> None:
    busy = await create_chat(world, "Spare parts", "CAS-01010")
    newest = {f"19:{number:03}@thread.v2": f"Talk {number}" for number in range(50)}
    older = {f"19:{number:03}@thread.v2": f"Talk {number}" for number in range(50, 60)} | {busy: "Spare parts"}
    world.dataverse_refuses["older-ones"] = chats_page(world, older)
    world.dataverse_refuses[f"/users/{ALEX.object_id}/chats"] = chats_page(world, newest, more="older-ones")
    first = await my_texts(world)
    assert first[2] == "Spare parts"
    assert first[-1] == "1 to 6 of 51"
    last = await my_texts(world, begin="48")
    assert [last[-1], last[-3]] == ["49 to 51 of 51", "Talk 49"]
    # Words find the others.
    assert texts(await my_chats(world, words="talk 5"))[-1] == "1 to 6 of 11 chats with talk 5 in their names"
    # If Graph returns no more at the moment, the first ones are shown.
    world.dataverse_refuses["older-ones"] = (503, {})
    assert (await my_texts(world))[-1] == "1 to 6 of 50"
    found = (await my_texts(world, words="talk 7"))[-1]
    assert found == "1 of the newest 50 chats has talk 7 in its name"


ALONE = "Only you will see the answer."
BUTTONS = {"chats": "Show chats", "timeline": "Show timeline", "suggest": "Show people"}
NOT_ALONE = ["This client cannot show a private answer.", "Write to Chat Sync in a personal chat instead."]


@pytest.mark.parametrize("command", LISTS)
async def test_in_a_group_chat_the_list_is_private(world: World, command: str) -> None:
    """Show the list only to the person who asks: Patti is in the chat, but cannot open the case."""
    await create_chat(world, "Secret plan", SECRET_CASE)
    await world.say(f"{command} {await world.link(SECRET_CASE)}")
    card = world.card()
    assert texts(card) == [f"{LISTS[command]} a record", ALONE]
    assert SECRET_CASE not in str(card)
    assert card["refresh"]["userIds"] == [ALEX.account_id]
    button = buttons(card)[BUTTONS[command]]
    shown = (await world.press(button))["value"]
    assert texts(shown)[0] == f"{LISTS[command]} {SECRET_CASE}"
    refused = (await world.press(button, person=PATTI))["value"]
    assert texts(refused)[0].startswith("This case does not exist")
    assert world.nothing_was_said()


async def test_text_in_a_button_is_searched_with_the_rights_of_the_person_who_presses_it(world: World) -> None:
    await world.say(f"chats {SECRET_CASE}")
    button = buttons(world.card())["Show chats"]
    assert texts((await world.press(button))["value"])[0] == f"Chats about {SECRET_CASE}"
    refused = texts((await world.press(button, person=PATTI))["value"])
    assert refused[0] == "No record found."
    await world.say("chats pump")
    several = (await world.press(buttons(world.card())["Show chats"]))["value"]
    assert texts(several)[0] == "Show the chats of which record?"
    assert texts((await world.press(buttons(several)["Show chats"]))["value"])[0].startswith("Chats about CAS-")
    await world.say("chats")
    assert texts(world.card())[0] == "Which record?"


async def test_a_connected_chat_sees_only_the_number_of_its_record(world: World) -> None:
    await connect(world)
    await world.say("chats")
    card = world.card()
    assert texts(card) == ["Chats about CAS-01001", ALONE]
    shown = texts((await world.press(buttons(card)["Show chats"], person=PATTI))["value"])
    assert [each for each in shown if each.startswith("Connected by Adele Vance")]


@pytest.mark.parametrize("verb", ["chats", "timeline", "suggest", "my chats", "join"])
async def test_a_client_that_sends_a_button_as_a_message_gets_no_list(world: World, verb: str) -> None:
    await create_chat(world)
    row = await world.row("incidents")
    claim = {"environment": "localhost/sandbox", "table": "incident", "row": row, "connection": "1"}
    await world.post(world.activity(type="message", value={"verb": verb, **claim}))
    assert texts(world.card()) == NOT_ALONE
    await world.post(world.activity(PERSONAL, type="message", value={"verb": verb, **claim}))
    assert NOT_ALONE[0] not in texts(world.card(PERSONAL))
    await world.settle()


async def test_a_client_that_sends_a_button_as_a_message_gets_no_timeline_page(world: World) -> None:
    row = await world.row("incidents")
    claim = {"environment": "localhost/sandbox", "table": "incident", "row": row}
    for page in ("recordTimeline", "timelineWhich", "timelineOf", "timelineJoin"):
        await world.post(world.activity(type="message", value={"dialog": page, **claim}))
        assert texts(world.card()) == NOT_ALONE


async def test_in_the_emulator_lists_are_shown_directly(world: World) -> None:
    await world.post(world.activity(type="message", text="chats CAS-01001", channelId="emulator"))
    assert texts(world.card())[0] == "Chats about CAS-01001"
