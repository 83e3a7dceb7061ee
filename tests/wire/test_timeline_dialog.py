"""A record's timeline in a dialog from the compose box (spec L1)."""

import json
from collections.abc import Mapping

import pytest

from bot.domain.public_names import Dataset
from tests.steps.members import ASK, OPEN, YOURS, create_chat
from tests.steps.records import SECRET_CASE
from tests.steps.saved_messages import open_dialog, submit
from tests.steps.settings_pages import ShownPage, turn_off_chats
from tests.steps.timeline import connect, timeline
from tests.wire.people import ALEX, LYNNE, PATTI, Somebody
from tests.wire.world import GROUP, PERSONAL, World, buttons, texts

pytestmark = pytest.mark.one_database

NOT_ANY_MORE = "This button no longer works."


async def opened(world: World, *, person: Somebody = ALEX, chat: str = PERSONAL) -> ShownPage:
    return await open_dialog(world, None, command="recordTimeline", person=person, chat=chat)


async def listed(world: World, *, person: Somebody = ALEX, words: str = "CAS-01001") -> ShownPage:
    page: ShownPage = await submit(world, (await opened(world, person=person)).step("Show", words=words), person=person)
    return page


async def refused(world: World, data: Mapping[str, object], *, person: Somebody = ALEX) -> str:
    page: ShownPage = await submit(world, data, person=person)
    assert page.title == "Chat Sync"
    return texts(page.card)[0]


async def test_the_dialog_shows_the_record_and_the_same_chats_as_the_card(world: World) -> None:
    await connect(world)
    page = await opened(world)
    assert page.title == "Timeline"
    assert page.inputs["record"]["choices.data"] == {"type": "Data.Query", "dataset": Dataset.RECORDS}
    said = texts(await timeline(world))
    written = await listed(world)
    assert (written.title, texts(written.card)) == ("Timeline", said)
    assert (said[0], said[-1]) == ("Timeline of CAS-01001", "1 connection")
    named, value = next(iter(page.choices("record").items()))
    picked = await submit(world, page.step("Show", record=value))
    assert texts(picked.card)[0] == f"Timeline of {named.partition(' · ')[0]}"


async def test_an_ambiguous_or_unknown_record_is_asked_for_again(world: World) -> None:
    page = await opened(world)
    nothing = await submit(world, page.step("Show"))
    assert texts(nothing.card)[0] == "Choose a record, or enter its number, its link, or a few words."
    assert texts((await submit(world, page.step("Show", words="qqqq"))).card)[0] == "No record found."
    several = await submit(world, page.step("Show", words="pump"))
    assert texts(several.card)[0] == ("Choose a record. More records match: write more of the name to find them.")
    named, value = next(each for each in several.choices("record").items() if each[0].startswith("CAS-"))
    shown = await submit(world, several.step("Show", record=value))
    assert texts(shown.card)[0] == f"Timeline of {named.partition(' · ')[0]}"


async def test_the_only_record_of_a_chat_is_shown_at_once_and_another_can_be_chosen(world: World) -> None:
    await connect(world)
    page = await opened(world, chat=GROUP)
    assert texts(page.card)[0] == "Timeline of CAS-01001"
    another = await submit(world, page.step("Another record"))
    assert list(buttons(another.card)) == ["Show"]
    other = await submit(world, another.step("Show", words="CAS-01002"))
    assert (texts(other.card)[0], texts(other.card)[-1]) == (
        "Timeline of CAS-01002",
        "No chat was ever connected to this record.",
    )
    await connect(world, number="CAS-01002")
    assert list(buttons((await opened(world, chat=GROUP)).card)) == ["Show"]


async def test_its_pages_are_shown_within_the_dialog(world: World) -> None:
    for _ in range(8):
        await connect(world)
        await world.say("disconnect")
        await world.settle()
        world.card()
    first = await listed(world)
    assert texts(first.card)[-1] == "1 to 6 of 8"
    assert list(buttons(first.card)) == ["Next", "Another record"]
    second = await submit(world, first.step("Next"))
    assert texts(second.card)[-1] == "7 to 8 of 8"
    assert list(buttons(second.card)) == ["Previous", "Another record"]
    assert texts((await submit(world, second.step("Previous"))).card) == texts(first.card)
    assert "Action.Execute" not in json.dumps([first.card, second.card])  # dialogs do not support this


async def test_a_person_who_can_join_joins_from_the_dialog_and_sees_the_result(world: World) -> None:
    await create_chat(world)
    page = await listed(world)
    assert OPEN in texts(page.card)
    join = page.step("Join")
    assert await submit(world, join, person=ALEX) == "You joined the chat about CAS-01001."
    await world.settle()
    again = await listed(world)
    assert YOURS in texts(again.card)
    assert buttons(again.card)["Open chat"]["type"] == "Action.OpenUrl"
    assert await submit(world, join, person=ALEX) == "You are already in this chat."


async def test_a_person_who_cannot_join_reads_why_and_a_forged_button_does_not_help(world: World) -> None:
    await create_chat(world)
    locked = await listed(world, person=PATTI)
    (why,) = [each for each in texts(locked.card) if each.startswith("Locked. You have read-only access")]
    assert why.endswith(ASK)
    assert "Join" not in buttons(locked.card)
    join = (await listed(world)).step("Join")
    assert (await refused(world, join, person=PATTI)).startswith("You cannot join this chat.")
    assert (await refused(world, {**join, "connection": "0" * 32})).startswith("This chat is no longer connected")
    assert await refused(world, {**join, "connection": "1"}) == NOT_ANY_MORE


async def test_a_person_without_access_learns_nothing_about_the_chats(world: World) -> None:
    await connect(world, number=SECRET_CASE)
    page = await opened(world, person=PATTI, chat=GROUP)
    assert list(buttons(page.card)) == ["Show"]
    assert SECRET_CASE not in json.dumps(page.card)
    link = await world.link(SECRET_CASE)
    assert (await refused(world, page.step("Show", words=link), person=PATTI)).startswith("This case does not exist")
    row = await world.row("incidents", SECRET_CASE)
    claim = {"environment": "localhost/sandbox", "table": "incident", "row": row, "begin": "0"}
    forged = {"dialog": "timelineOf", **claim}
    assert texts((await submit(world, forged, person=ALEX)).card)[0] == f"Timeline of {SECRET_CASE}"
    assert (await refused(world, forged, person=PATTI)).startswith("This case does not exist")
    assert (await refused(world, forged, person=LYNNE)).startswith("You have no user in Dynamics 365")


async def test_without_a_user_or_while_chats_are_off_the_first_page_says_so(world: World) -> None:
    assert texts((await opened(world, person=LYNNE)).card)[0].startswith("You have no user in Dynamics 365")
    await turn_off_chats(world)
    assert texts((await opened(world)).card)[0].startswith("Your administrator turned off chats")


@pytest.mark.parametrize(
    "claims",
    [
        {"dialog": "timelineOf", "record": "elsewhere|incident|00000000-0000-0000-0000-000000000001"},
        {"dialog": "timelineOf", "record": "|||"},
        {"dialog": "timelineOf", "environment": "localhost/sandbox", "table": "incident", "row": "1 or 1 eq 1"},
        {"dialog": "timelineOf", "words": "CAS-01001", "begin": "-1"},
        {"dialog": "timelineOf", "words": "CAS-01001", "begin": "9999999"},
        {"dialog": "timelineJoin"},
        {"dialog": "timelineJoin", "connection": "-1"},
        {"dialog": "timelineJoin", "connection": "9" * 40},
    ],
    ids=lambda each: " ".join(each.values())[:40],
)
async def test_malformed_page_data_is_refused(world: World, claims: dict[str, str]) -> None:
    assert await refused(world, claims) == NOT_ANY_MORE
