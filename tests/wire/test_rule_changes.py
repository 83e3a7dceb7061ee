"""Held changes and live cards follow the rules when people change them (spec V2, V6, V8, V9)."""

from typing import Any

import pytest

from bot.store.tables import audit, posted_card
from tests.steps.notification_rules import decided, posted
from tests.steps.priorities import HIGH, LOW, NORMAL
from tests.steps.settings_pages import record_type_page, request_page
from tests.wire.people import ADELE, ALEX, MEGAN, PATTI, Somebody
from tests.wire.test_held_changes import changed, changes_on, connected, is_now, passes
from tests.wire.test_moving_settings import exported, shown
from tests.wire.test_notification_rules import SAVED, first, step
from tests.wire.world import GROUP, World, buttons, texts

pytestmark = pytest.mark.one_database

NO_CHANGE = "Nothing changed in the meantime."
NIGHT = {"quiet": "true", "start": "20:00", "end": "07:00", "days": "0,1,2,3,4,5,6", "zone": "Europe/Berlin"}


async def said(world: World, text: str, **more: Any) -> dict[str, Any]:
    """Write the command; return the only card that follows."""
    await world.say(text, **more)
    await posted(world)
    return world.card()


async def submitted(world: World, data: dict[str, object], *, person: Somebody = ALEX) -> None:
    """Select a button of a dialog that closes it."""
    status, body = await world.post(
        world.activity(GROUP, person, type="invoke", name="task/submit", value={"data": data})
    )
    assert (status, body["task"]["type"]) == (200, "message")


async def saved(world: World, page: str, **inputs: Any) -> None:
    """Save a page of the notification rules. Cards in the chat stay, because live cards are edited."""
    await world.say("notifications")
    await world.settle()
    data = buttons(world.connector.cards(GROUP)[-1])["Notifications"]["data"]
    opened = await step(world, await request_page(world, data, name="task/fetch"), page)
    assert SAVED in texts((await step(world, opened, "Save", **inputs)).card)
    await posted(world)


async def saved_defaults(world: World, **values: Any) -> None:
    """Save settings of cases as an administrator."""
    await request_page(world, (await record_type_page(world)).step("Save", **values))
    await posted(world)


def live_cards(world: World) -> list[dict[str, Any]]:
    return [card for card in world.connector.cards(GROUP) if "Last changes" in texts(card)]


async def test_the_end_of_a_mute_posts_one_card_with_who_ended_it_and_what_changed(world: World) -> None:
    await connected(world)
    for ending in ("command", "button", "dialog"):
        notice = await said(world, "mute always")
        await changed(world, HIGH)
        await changed(world, LOW)
        assert world.nothing_was_said()
        if ending == "command":
            await world.say("mute off", person=MEGAN)
        elif ending == "button":
            answer = await world.press(buttons(notice)["Unmute"], person=MEGAN)
            assert answer["value"] == "Unmuted by Megan Bowen."
        else:
            page = await step(world, await first(world, person=MEGAN), "Mute", person=MEGAN)
            await submitted(world, page.step("Unmute"), person=MEGAN)
        await posted(world)
        card = world.card()
        assert texts(card)[:2] == ["While muted", "Unmuted by Megan Bowen."], ending
        assert changes_on(card) == ["Priority: Normal → **Low**"]
        await changed(world, NORMAL)
        assert changes_on(world.card()) == ["Priority: Low → **Normal**"]
    assert [row["act"] for row in await world.rows_in(audit)] == ["connect", *["mute", "unmute"] * 3]


async def test_the_end_of_a_mute_without_changes_is_one_line(world: World) -> None:
    await connected(world)
    await said(world, "mute always")
    await changed(world, HIGH)
    await changed(world, NORMAL)
    assert texts(await said(world, "mute off")) == ["Unmuted by Alex Wilber.", NO_CHANGE]
    assert {closed for *_, closed in await decided(world)} == {"canceled out"}


async def test_changes_wait_for_the_mute_of_the_chat_when_that_of_a_record_ends(world: World) -> None:
    await connected(world, "CAS-01001", "CAS-01002")
    await said(world, "mute always CAS-01001")
    await said(world, "mute 1h")
    await changed(world, HIGH)
    assert texts(await said(world, "mute off CAS-01001")) == [
        "CAS-01001 was unmuted by Alex Wilber.",
        "Changes wait, because another mute is active.",
    ]
    await passes(world, hours=1)
    card = world.card()
    assert texts(card)[0] == "While muted"
    assert changes_on(card) == ["Priority: Normal → **High**"]


async def test_a_shorter_mute_ends_at_its_own_time(world: World) -> None:
    await connected(world)
    await said(world, "mute monday")
    await changed(world, HIGH)
    await said(world, "mute 1h")
    await passes(world, hours=1)
    assert changes_on(world.card()) == ["Priority: Normal → **High**"]


async def test_an_urgent_change_passes_when_the_mute_no_longer_includes_urgent_ones(world: World) -> None:
    await connected(world)
    rule = await step(world, await step(world, await first(world), "Record rules"), "Urgent rule")
    condition = await step(world, rule, "Add condition", column="prioritycode")
    await step(world, await step(world, condition, "Add", test="becomes", value="1"), "Save")
    page = await step(world, await first(world), "Mute")
    await submitted(world, page.step("Mute", span="always", alsoUrgent="true"))
    await posted(world)
    assert texts(world.card())[0].startswith("Alex Wilber muted this chat until someone")
    await changed(world, HIGH)
    assert world.nothing_was_said()
    await world.say("mute 1h")
    await posted(world)
    _, card = world.connector.cards(GROUP)
    assert changes_on(card) == ["Priority: Normal → **High**"]


async def test_all_who_ended_a_mute_are_named_although_the_work_waits(world: World) -> None:
    await connected(world, "CAS-01001", "CAS-01002")
    await said(world, "mute 1h CAS-01001")
    await said(world, "mute 1h CAS-01002")
    await changed(world, HIGH)
    world.dataverse_hangs_on = "$batch"
    for number, person in (("CAS-01001", ADELE), ("CAS-01001", MEGAN), ("CAS-01002", PATTI)):
        if number == "CAS-01001":
            await world.say("mute 1h CAS-01001", person=person)
        await world.say(f"mute off {number}", person=person)
    world.let_dataverse_answer()
    await posted(world)
    spoken = " ".join(each for card in world.connector.cards(GROUP) for each in texts(card))
    for sentence in (
        "CAS-01001 was unmuted by Adele Vance",
        "CAS-01001 was unmuted by Megan Bowen",
        "CAS-01002 was unmuted by Patti Fernandez",
    ):
        assert spoken.count(sentence) == 1, spoken
    assert spoken.count("→") == 1


async def test_the_end_of_a_mute_is_told_at_once_and_changes_follow_when_dataverse_answers(world: World) -> None:
    await connected(world)
    await said(world, "mute always")
    await changed(world, HIGH)
    world.dataverse_refuses = {"$batch": (503, {})}
    assert texts(await said(world, "mute off")) == [
        "Unmuted by Alex Wilber.",
        "Changes follow as soon as Dynamics 365 can be read.",
    ]
    world.dataverse_refuses = {}
    await passes(world, minutes=15)
    card = world.card()
    assert texts(card)[0] == "While muted"
    assert changes_on(card) == ["Priority: Normal → **High**"]


async def test_changes_are_told_when_quiet_hours_are_turned_off(world: World) -> None:
    await connected(world)
    await saved(world, "Quiet hours", **NIGHT)
    await is_now(world, 22)
    world.connector.posts.clear()
    await changed(world, HIGH)
    assert world.nothing_was_said()
    await saved(world, "Quiet hours", **{**NIGHT, "quiet": "false"})
    card = world.connector.cards(GROUP)[-1]
    assert texts(card)[0] == "During quiet hours"
    assert changes_on(card) == ["Priority: Normal → **High**"]


async def test_a_digest_moves_with_its_time_and_ends_with_the_style(world: World) -> None:
    await connected(world)
    await is_now(world, 9)
    await saved(world, "Record rules", style="digest", digestAt="08:00")
    world.connector.posts.clear()
    await changed(world, HIGH)
    await saved(world, "Record rules", style="digest", digestAt="12:00")
    world.connector.posts.clear()
    await is_now(world, 12, 1)
    card = world.card()
    assert texts(card)[0] == "Digest"
    assert changes_on(card) == ["Priority: Normal → **High**"]
    await changed(world, LOW)
    assert world.nothing_was_said()
    await saved(world, "Record rules", style="each")
    assert changes_on(world.connector.cards(GROUP)[-1]) == ["Priority: High → **Low**"]


async def test_defaults_of_administrators_count_for_held_changes_and_live_cards(world: World) -> None:
    await connected(world)
    await saved_defaults(world, notify_style="digest", digest_at="08:00")
    await changed(world, HIGH)
    assert world.nothing_was_said()
    text = await exported(world)
    text["record_types"]["incident"]["notify_style"] = "each"
    await request_page(world, (await shown(world, text)).step("Save"))
    await posted(world)
    assert changes_on(world.connector.cards(GROUP)[-1]) == ["Priority: Normal → **High**"]
    world.connector.posts.clear()
    await saved_defaults(world, notify_style="live", locked_rules="notify_style")
    assert world.nothing_was_said()
    await changed(world, LOW)
    (card,) = live_cards(world)
    assert texts(card)[-1].startswith("Live card: edited for each change")
    await saved_defaults(world, notify_style="each", locked_rules="")
    await passes(world, seconds=10)
    assert texts(live_cards(world)[0])[-1] == "No longer updated: newer cards follow."
    await changed(world, HIGH)
    assert changes_on(world.connector.cards(GROUP)[-1]) == ["Priority: Low → **High**"]


async def test_a_live_card_begins_with_the_next_change_and_ends_with_its_style(world: World) -> None:
    await connected(world)
    await changed(world, HIGH)
    await saved(world, "Record rules", style="live")
    assert live_cards(world) == []
    await changed(world, LOW)
    (card,) = live_cards(world)
    assert changes_on(card) == ["Priority: High → **Low**"]
    await saved(world, "Record rules", style="each")
    await passes(world, seconds=10)
    assert texts(live_cards(world)[0])[-1] == "No longer updated: newer cards follow."
    await changed(world, NORMAL)
    assert changes_on(world.connector.cards(GROUP)[-1]) == ["Priority: Low → **Normal**"]
    await saved(world, "Record rules", style="live")
    await changed(world, HIGH)
    assert len(live_cards(world)) == 2
    assert [row["ended_at"] is None for row in await world.rows_in(posted_card)] == [False, True]


async def test_a_held_change_is_shown_on_the_live_card_when_the_style_changes(world: World) -> None:
    await connected(world)
    await saved(world, "Record rules", style="digest")
    await changed(world, HIGH)
    await saved(world, "Record rules", style="live")
    (card,) = live_cards(world)
    assert changes_on(card) == ["Priority: Normal → **High**"]
    assert await decided(world) == [("held", "digest", "posted")]


async def test_a_change_that_was_missed_is_shown_on_the_live_card(world: World) -> None:
    await connected(world)
    await saved(world, "Record rules", style="live")
    await changed(world, HIGH)
    await world.switch_webhook(on=False)
    await world.change({"prioritycode": LOW}, by=ADELE, told=False)
    world.clock.advance(15 * 60)
    await world.looked_through("incident")
    await passes(world, minutes=2)  # late events have this much time to arrive
    await passes(world, seconds=10)
    (card,) = live_cards(world)
    assert len(world.connector.cards(GROUP)) == 2, "the answer to the command, and the live card"
    assert changes_on(card) == ["Priority: High → **Low**", "Priority: Normal → **High**"]
    assert "Priority: Low" in texts(card)
    assert await decided(world) == [("updated", "live card", None)] * 2
