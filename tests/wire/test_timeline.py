"""A record's timeline, reasons why a chat is not on it, and ways to add it (spec L1, Y3)."""

from datetime import timedelta
from typing import Any

import pytest

from bot.cli.outbox import list_undelivered
from bot.domain.chat_sync import STUCK_AFTER_ATTEMPTS
from bot.store.tables import audit
from bot.store.unit_of_work import Store
from tests.steps.chat_sync import chat_rows, run_due_jobs, send_event, write_message
from tests.steps.members import ASK, NOT_CONNECTED, OPEN, YOURS, create_chat
from tests.steps.private_views import private_view
from tests.steps.records import SECRET_CASE
from tests.steps.settings_pages import organization_page, request_page
from tests.steps.timeline import connect, timeline
from tests.wire.people import ADELE, ALEX, LYNNE, MEGAN, PATTI
from tests.wire.world import GROUP, OTHER_GROUP, PERSONAL, World, buttons, texts

pytestmark = pytest.mark.one_database

NOW = "{{DATE(2026-11-21T10:20:30Z, SHORT)}} {{TIME(2026-11-21T10:20:30Z)}}"
SHOWN = "Shown on the timeline in Dynamics 365"
IDLE = "No longer updated because the chat had no activity for 7 days."


async def switch_sync(world: World, *, on: bool) -> None:
    await request_page(world, (await organization_page(world)).step("Save", sync_on=str(on).lower()))


async def idle(world: World) -> None:
    """Let more than seven days pass without activity in the chat."""
    await connect(world)
    await run_due_jobs(world)
    world.clock.advance(timedelta(days=7, minutes=1).total_seconds())
    await world.looked_through("incident")
    world.clock.advance(180)  # missed changes of this time are found
    await world.settle()


async def resume_button(world: World) -> dict[str, Any]:
    found: dict[str, Any] = buttons(await private_view(world, "status"))["Resume"]
    return found


async def test_the_newest_comes_first_with_its_last_writer_and_state(world: World) -> None:
    await connect(world)
    await connect(world, OTHER_GROUP)
    await send_event(world, topicName="Pump at Fabrikam")
    await write_message(world, MEGAN)
    await run_due_jobs(world)
    await world.say("disconnect", chat=OTHER_GROUP)
    await world.settle()
    world.card(OTHER_GROUP)
    await run_due_jobs(world)
    title, _, *said, counted = texts(await timeline(world))
    assert (title, counted) == ("Timeline of CAS-01001", "2 connections")
    newest, oldest = said[:4], said[4:]
    assert newest[:2] == ["Chat of Adele Vance", f"Connected by Adele Vance (available) · {NOW}"]
    assert newest[2].startswith("Last message by Adele Vance · ")
    assert newest[3].startswith("Disconnected by Alex Wilber · ")
    assert oldest[:2] == ["Pump at Fabrikam", f"Connected by Adele Vance (available) · {NOW}"]
    assert oldest[2].startswith("Last message by Megan Bowen · ")
    assert oldest[3].startswith(SHOWN)
    assert not [each for each in said if "hello" in each]


async def test_activity_after_disconnecting_is_not_shown(world: World) -> None:
    await connect(world)
    await connect(world, number="CAS-01002")
    world.clock.advance(60)
    await world.say("disconnect CAS-01001")
    await world.settle()
    world.card()
    world.clock.advance(60)
    await write_message(world, MEGAN)
    await send_event(world, topicName="Layoffs")
    await run_due_jobs(world)
    assert not [
        each for each in texts(await timeline(world, person=PATTI)) if "Megan Bowen" in each or "Layoffs" in each
    ]
    assert [each for each in texts(await timeline(world, text="timeline CAS-01002")) if "by Megan Bowen" in each]


async def test_members_open_a_chat_others_join_it_or_read_why_they_cannot(world: World) -> None:
    await create_chat(world)
    member, joiner, other = [await timeline(world, person=each) for each in (ADELE, ALEX, PATTI)]
    assert YOURS in texts(member)
    assert "Open chat" in buttons(member)
    assert OPEN in texts(joiner)
    answer = await world.press(buttons(joiner)["Join"], chat=PERSONAL)
    assert texts(answer["value"])[0].startswith("You joined the chat")
    assert any(each.startswith("Locked. You have read-only access") and each.endswith(ASK) for each in texts(other))
    assert "Join" not in buttons(other)
    await world.settle()


async def test_a_person_without_access_learns_nothing_about_the_chats(world: World) -> None:
    await connect(world, number=SECRET_CASE)
    refused = texts(await timeline(world, person=PATTI, text=f"timeline {SECRET_CASE}"))
    assert refused[0] == "No record found."
    claim = buttons(await timeline(world, text=f"timeline {SECRET_CASE}"))["Chats"]["data"]
    pressed = await world.press({"verb": "timeline", "data": claim}, person=PATTI)
    assert texts(pressed["value"])[0].startswith("This case does not exist")
    pressed = await world.press({"verb": "timeline", "data": claim}, person=LYNNE)
    assert texts(pressed["value"])[0].startswith("You have no user in Dynamics 365")


async def test_it_has_pages_and_links_to_and_from_the_list_of_chats(world: World) -> None:
    for _ in range(8):
        await connect(world)
        await world.say("disconnect")
        await world.settle()
        world.card()
    await world.say("chats CAS-01001", chat=PERSONAL)
    first = (await world.press(buttons(world.card(PERSONAL))["Timeline"], chat=PERSONAL))["value"]
    assert texts(first)[-1] == "1 to 6 of 8"
    assert "Previous" not in buttons(first)
    second = (await world.press(buttons(first)["Next"], chat=PERSONAL))["value"]
    assert texts(second)[-1] == "7 to 8 of 8"
    assert list(buttons(second)) == ["Previous", "Chats"]
    assert texts((await world.press(buttons(second)["Previous"], chat=PERSONAL))["value"]) == texts(first)


@pytest.mark.parametrize("begin", ["-1", "x", "9999999", "1.5", ""])
async def test_a_page_that_was_never_offered_is_refused(world: World, begin: str) -> None:
    claim = buttons(await timeline(world))["Chats"]["data"]
    button = {"verb": "timeline", "data": {**claim, "begin": begin}}
    value = {"action": {"type": "Action.Execute", **button}, "trigger": "manual"}
    status, body = await world.post(world.activity(type="invoke", name="adaptiveCard/action", value=value))
    assert "Timeline of" not in str(body)
    assert status in {200, 400}


async def test_a_record_without_a_chat_says_so_and_the_only_record_of_a_chat_needs_no_name(world: World) -> None:
    assert texts(await timeline(world))[-1] == "No chat was ever connected to this record."
    await connect(world)
    await world.say("timeline")
    shown = (await world.press(buttons(world.card())["Show timeline"]))["value"]
    assert (texts(shown)[0], texts(shown)[-1]) == ("Timeline of CAS-01001", "1 connection")
    assert texts(await timeline(world, text="timeline pump"))[0] == "Show the timeline of which record?"


async def test_after_seven_idle_days_it_says_so_and_one_press_resumes_it(world: World) -> None:
    await idle(world)
    assert any(each.startswith(f"{IDLE} Last activity: ") for each in texts(await timeline(world)))
    card = await private_view(world, "status")
    assert any(each.startswith(f"{IDLE} Last activity: ") for each in texts(card))
    answer = await world.press(buttons(card)["Resume"], person=MEGAN)
    assert texts(answer["value"])[0] == "This chat is now shown on the timeline of CAS-01001."
    await run_due_jobs(world)
    assert any(each.startswith(SHOWN) for each in texts(await timeline(world)))
    assert "Resume" not in buttons(await private_view(world, "status"))
    (entry,) = await world.rows_in(audit, audit.c.act == "resume sync")
    assert entry["person_name"] == "Megan Bowen"


async def test_a_late_foreign_or_unauthorized_press_resumes_nothing(world: World) -> None:
    await idle(world)
    button = await resume_button(world)
    elsewhere = await world.press(button, chat=OTHER_GROUP)
    assert texts(elsewhere["value"])[0] == NOT_CONNECTED
    nobody = await world.press(button, person=LYNNE)
    assert texts(nobody["value"])[0] == "Only members of this chat can do this."
    assert await world.rows_in(audit, audit.c.act == "resume sync") == []
    await world.press(button)
    again = await world.press(button)
    assert texts(again["value"])[0] == "This chat is already synced to the timeline of CAS-01001."
    await run_due_jobs(world)


async def test_earlier_chats_are_shown_after_an_administrator_decides_so(world: World) -> None:
    await switch_sync(world, on=False)
    await connect(world)
    assert any("chat sync is turned off" in each for each in texts(await timeline(world)))
    assert "Show them" not in buttons((await organization_page(world)).card)
    await switch_sync(world, on=True)
    assert any("connected before chat sync was turned on" in each for each in texts(await timeline(world)))
    status = await private_view(world, "status")
    assert any("connected before chat sync was turned on" in each for each in texts(status))
    assert "Resume" not in buttons(status)

    page = await organization_page(world)
    refused = await request_page(world, page.step("Show them"), person=ADELE)
    assert texts(refused.card)[0].startswith("Only people with the security role System Administrator")
    assert "1 chat was included. It will appear in Dynamics 365 soon." in texts(
        (await request_page(world, page.step("Show them"))).card
    )
    assert "All chats were already included." in texts((await request_page(world, page.step("Show them"))).card)
    await run_due_jobs(world)
    assert len(await chat_rows(world)) == 1
    assert any(each.startswith(SHOWN) for each in texts(await timeline(world)))


@pytest.mark.parametrize(
    ("refusal", "why"),
    [
        ((403, {"error": {"code": "0x80040220"}}), "The app lacks permissions there. An administrator can grant them."),
        (
            (400, {"error": {"code": "0x80044330"}}),
            "Dynamics 365 rejected the change. Your administrator can find the reason in the log.",
        ),
        ((503, {}), "Dynamics 365 is not responding."),
    ],
)
async def test_a_row_that_cannot_be_written_is_not_reported_as_current(
    world: World, refusal: tuple[int, object], why: str
) -> None:
    await connect(world)
    await run_due_jobs(world)
    world.dataverse_refuses["/chats("] = refusal
    await write_message(world, MEGAN)
    await run_due_jobs(world, 4)
    assert any(each.startswith(SHOWN) for each in texts(await timeline(world))), "a hiccup is nothing to speak of"
    for _ in range(STUCK_AFTER_ATTEMPTS):
        await run_due_jobs(world, 300)
    said = f"New activity may be missing in Dynamics 365. {why}"
    assert said in texts(await timeline(world))
    assert said in texts(await private_view(world, "status"))
    assert await counted(world) == "1"
    told: list[str] = []
    assert await list_undelivered(Store(world.engines, lambda _: None), told.append, pending=False) == 0
    (line,) = [each for each in told if GROUP in each and "failed attempts" in each]
    assert line.replace("\t", "").removesuffix("\n").isprintable()
    world.dataverse_refuses.clear()
    await run_due_jobs(world, 300)
    assert any(each.startswith(SHOWN) for each in texts(await timeline(world)))
    assert await counted(world) == "0"


async def test_a_missing_row_is_reported_with_the_reason(world: World) -> None:
    world.dataverse_refuses["/chats("] = (400, {})
    await connect(world)
    for _ in range(STUCK_AFTER_ATTEMPTS):
        await run_due_jobs(world, 300)
    why = "Dynamics 365 rejected the change. Your administrator can find the reason in the log."
    assert f"Not shown in Dynamics 365 yet. {why}" in texts(await timeline(world))


async def counted(world: World) -> str:
    """Return the number of stuck chats in the metrics."""
    async with world.session.get(f"{world.url}/metrics") as answer:
        (line,) = [each for each in (await answer.text()).splitlines() if each.startswith("chatsync_stuck{")]
    return line.split()[-1].removesuffix(".0")


async def test_while_sync_is_off_only_synced_chats_say_so(world: World) -> None:
    await connect(world)
    await run_due_jobs(world)
    await switch_sync(world, on=False)
    await connect(world, OTHER_GROUP)
    said = "Not updated in Dynamics 365 because chat sync is turned off."
    assert (
        texts(await private_view(world, "status"))[-1]
        == f"{said} A Global Administrator can turn it on in the settings."
    )
    assert said not in str(texts(await private_view(world, "status", chat=OTHER_GROUP)))
    await request_page(world, (await organization_page(world)).step("Save", chats_on="false"))
    status = texts(await private_view(world, "status"))
    assert said not in str(status)
    assert "Your administrator turned off chats for Dynamics 365." in status
    await request_page(world, (await organization_page(world)).step("Save", chats_on="true", sync_on="true"))
    assert said not in str(texts(await private_view(world, "status")))
    await run_due_jobs(world)


@pytest.mark.parametrize("switch", ["sync_on", "chats_on"])
async def test_time_with_sync_off_makes_no_chat_idle_and_resumes_none(world: World, switch: str) -> None:
    await connect(world, OTHER_GROUP, "CAS-01002")
    await run_due_jobs(world)
    world.clock.advance(timedelta(days=6).total_seconds())
    await connect(world)
    await run_due_jobs(world)
    world.clock.advance(timedelta(days=2).total_seconds())
    await request_page(world, (await organization_page(world)).step("Save", **{switch: "false"}))
    world.clock.advance(timedelta(days=30).total_seconds())
    await request_page(world, (await organization_page(world)).step("Save", **{switch: "true"}))
    await run_due_jobs(world)
    assert any(each.startswith(SHOWN) for each in texts(await timeline(world)))
    assert any(
        each.startswith(f"{IDLE} Last activity: ") for each in texts(await timeline(world, text="timeline CAS-01002"))
    )
    world.clock.advance(timedelta(days=5, minutes=1).total_seconds())
    assert any(each.startswith(f"{IDLE} Last activity: ") for each in texts(await timeline(world)))
    await run_due_jobs(world, 180)  # missed changes of this time are found
