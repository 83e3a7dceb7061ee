"""`notifications`: the dialog in which people set the rules of a chat and its records (spec V3-V11)."""

import json
from typing import Any

import pytest

from bot.domain.formatting import digest_if_long
from bot.store.tables import audit, chat_rules, connection_rules, mention_opt_out
from tests.steps.notification_rules import store_decisions
from tests.steps.private_views import private_view
from tests.steps.settings_pages import ShownPage, record_type_page, request_page, search
from tests.wire.people import ADELE, ALEX, ISAIAH, MEGAN, PATTI, Somebody
from tests.wire.test_disconnect import connected
from tests.wire.world import World, buttons, texts

pytestmark = pytest.mark.one_database

SAVED = "Saved. The change is active."


async def first(world: World, *, person: Somebody = ALEX) -> ShownPage:
    await world.say("notifications", person=person)
    data = buttons(world.card())["Notifications"]["data"]
    return await request_page(world, data, person=person, name="task/fetch")


async def step(world: World, page: ShownPage, button: str, *, person: Somebody = ALEX, **inputs: Any) -> ShownPage:
    return await request_page(world, page.step(button, **inputs), person=person)


async def rules(world: World, of_record: bool = False) -> Any:
    (row,) = await world.rows_in(connection_rules if of_record else chat_rules)
    return row["rules"]


async def test_the_first_page_says_the_rules_in_words(world: World) -> None:
    await connected(world, "CAS-01001")
    page = await first(world)
    assert texts(page.card)[:2] == [
        "CAS-01001",
        "This chat hears about CAS-01001: Priority, Status, Status Reason, and Owner.",
    ]
    hours = await step(world, page, "Quiet hours")
    saved = await step(
        world, hours, "Save", quiet="true", start="18:00", end="08:00", days="0,1,2,3,4", zone="Europe/Berlin"
    )
    assert SAVED in texts(saved.card)
    assert "Quiet from 18:00 to 8:00 on workdays, Berlin time." in texts(saved.card)
    found = (await rules(world))["quiet_hours"]
    assert (found["zone"], found["start"], found["end"], found["days"]) == (
        "Europe/Berlin",
        "18:00:00",
        "08:00:00",
        [0, 1, 2, 3, 4],
    )
    assert [row["act"] for row in await world.rows_in(audit)] == ["connect", "change notifications"]


async def test_each_mistake_is_shown_at_its_input_and_nothing_is_saved(world: World) -> None:
    await connected(world, "CAS-01001")
    page = await first(world)
    hours, limits = await step(world, page, "Quiet hours"), await step(world, page, "Limits")
    good = {"quiet": "true", "start": "18:00", "end": "08:00", "days": "0", "wholeDays": "", "zone": "Europe/Berlin"}
    for wrong, reason in (
        ({"zone": "Mars/Base"}, "Choose a time zone from the list"),
        ({"zone": ""}, "Choose a time zone from the list"),
        ({"zone": "../x" * 999}, "Choose a time zone from the list"),
        ({"end": "18:00"}, "The start and the end must be different"),
        ({"start": "25:00"}, "Enter a time, such as 18:00."),
        ({"start": "six"}, "Enter a time, such as 18:00."),
        ({"days": ""}, "Choose at least one day."),
        ({"days": "7,9,x"}, "Choose at least one day."),
        ({"wholeDays": "0,1,2,3,4,5,6"}, "cover the whole week"),
    ):
        given: dict[str, Any] = {**hours.step("Save"), **good, **wrong}
        shown = await request_page(world, given)
        said = texts(shown.card)
        assert any(reason in each for each in said), (wrong, said)
        assert shown.title == "Quiet hours"
    mistakes: list[dict[str, Any]] = [
        {"inADay": "0"},
        {"inADay": "-1"},
        {"inADay": "ten"},
        {"inABurst": "9" * 50},
    ]
    for wrong_limits in mistakes:
        said = texts((await request_page(world, {**limits.step("Save"), **wrong_limits})).card)
        assert any("Enter a whole number from 1 to 1,000" in each for each in said), wrong_limits
    assert await world.rows_in(chat_rules) == []


async def test_without_the_right_to_disconnect_people_read_the_rules_and_mute_but_change_nothing(world: World) -> None:
    await connected(world, "CAS-01001", by=ISAIAH)
    page = await first(world, person=ISAIAH)
    assert "You can mute. To change rules, you need the right to disconnect." in texts(page.card)
    for name, inputs in (
        ("Quiet hours", {"quiet": "false"}),
        ("Limits", {"inADay": "10"}),
        ("Skip authors", {"ownCards": "true"}),
        ("Record rules", {"style": "live"}),
    ):
        opened = await step(world, page, name, person=ISAIAH)
        refused = await step(world, opened, "Save", person=ISAIAH, **inputs)
        assert texts(refused.card)[0] == "You cannot change the notifications of this chat.", name
    mentions = await step(world, page, "Mentions", person=ISAIAH)
    assert SAVED in texts((await step(world, mentions, "Save", person=ISAIAH, noMention="true")).card)
    assert [row["person_id"] for row in await world.rows_in(mention_opt_out)] == [ISAIAH.object_id]
    assert await world.rows_in(connection_rules) == []


async def test_the_second_of_two_people_is_told_what_the_first_one_saved(world: World) -> None:
    await connected(world, "CAS-01001")
    page = await first(world)
    mine, other = await step(world, page, "Limits"), await step(world, page, "Limits", person=MEGAN)
    hours = await step(world, page, "Quiet hours", person=ADELE)
    assert SAVED in texts((await step(world, other, "Save", person=MEGAN, inADay="10", inABurst="3")).card)
    conflict = await step(world, mine, "Save", inADay="50")
    said = texts(conflict.card)
    assert any(each.startswith("Megan Bowen saved this while the page was open") for each in said)
    assert "At most 10 messages in 24 hours. At most 3 messages in 10 minutes." in said
    assert conflict.inputs["inADay"]["value"] == "50"
    assert (await rules(world))["budget"] == {"in_a_day": 10, "in_a_burst": 3}
    other_part = {"quiet": "true", "start": "18:00", "end": "08:00", "days": "0", "zone": "UTC"}
    saved = await step(world, hours, "Save", person=ADELE, **other_part)
    assert "They changed the limits." in texts(saved.card)
    assert SAVED in texts((await step(world, conflict, "Save", inADay="50")).card)
    assert (await rules(world))["budget"]["in_a_day"] == 50
    assert (await rules(world))["quiet_hours"]["zone"] == "UTC"


async def test_a_rule_gets_conditions_that_fit_their_columns(world: World) -> None:
    await connected(world, "CAS-01001")
    page = await step(world, await first(world), "Record rules")
    page = await step(world, page, "Urgent rule")
    condition = await step(world, page, "Add condition", column="prioritycode")
    assert "Choose a value." in texts((await step(world, condition, "Add", test="becomes", value="")).card)
    for wrong in ("99", "x", "1,2", "-1"):
        said = texts((await step(world, condition, "Add", test="becomes", value=wrong)).card)
        assert any(each.startswith(("Choose a value", "Choose 1")) for each in said), wrong
    assert "Choose a test from the list." in texts((await step(world, condition, "Add", test="is above")).card)
    page = await step(world, condition, "Add", test="becomes", value="1")
    assert list(page.choices("kept")) == ["Priority becomes High"]
    saved = await step(world, page, "Save")
    assert "Urgent: Priority becomes High." in texts(saved.card)
    found = await rules(world, of_record=True)
    assert found["urgent_rule"]["conditions"] == [{"column": "prioritycode", "test": "becomes", "values": [1]}]
    draft = page.step("Save")
    for conditions, reason in (
        (["prioritycode becomes [1]"] * 6, "A rule has at most 5 conditions."),
        (["nowhere becomes [1]"], "This column no longer exists"),
        (["prioritycode is above [1]"], "This test does not fit"),
        (['prioritycode becomes ["<at>all</at>"]'], "Choose a value from the list."),
    ):
        kept = ",".join(map(str, range(9)))
        shown = await request_page(world, {**draft, "draft": json.dumps(conditions), "kept": kept})
        assert any(reason in each for each in texts(shown.card)), conditions
    for broken in ("[", "{}", "[1]", '["x"]', "[" * 5000, "x" * 9000):
        shown = await request_page(world, {**draft, "draft": broken})
        assert texts(shown.card)[0] == "This button no longer works.", broken[:9]
    assert (await rules(world, of_record=True))["urgent_rule"]["conditions"] == found["urgent_rule"]["conditions"]
    page = await step(world, await step(world, await first(world), "Record rules"), "Urgent rule")
    await step(world, page, "Save", kept="")
    assert (await rules(world, of_record=True))["urgent_rule"] is None


async def test_a_person_who_is_still_adding_conditions_is_told_what_somebody_saved_meanwhile(world: World) -> None:
    await connected(world, "CAS-01001")
    opened = await step(world, await step(world, await first(world), "Record rules"), "Urgent rule")
    condition = await step(world, opened, "Add condition", column="statuscode")
    other = await step(world, opened, "Add condition", column="prioritycode", person=MEGAN)
    other = await step(world, other, "Add", test="becomes", value="1", person=MEGAN)
    assert SAVED in texts((await step(world, other, "Save", person=MEGAN)).card)
    mine = await step(world, condition, "Add", test="changes")
    mine = await step(world, await step(world, mine, "Add condition", column="ownerid"), "Add", test="changes")
    conflict = await step(world, mine, "Save")
    said = texts(conflict.card)
    assert any(each.startswith("Megan Bowen saved this while the page was open") for each in said)
    assert "Priority becomes High" in said
    assert list(conflict.choices("kept")) == ["Status Reason changes", "Owner changes"]
    assert (await rules(world, of_record=True))["urgent_rule"]["conditions"][0]["column"] == "prioritycode"
    assert SAVED in texts((await step(world, conflict, "Save")).card)
    found = (await rules(world, of_record=True))["urgent_rule"]["conditions"]
    assert [each["column"] for each in found] == ["statuscode", "ownerid"]


async def test_a_preview_counts_the_messages_that_the_rules_would_have_sent(world: World) -> None:
    await connected(world, "CAS-01001")
    await store_decisions(world, 30)
    await store_decisions(
        world,
        4,
        outcome="held",
        reason="mute",
        columns=[{"name": "prioritycode", "old": None, "new": None, "has_values": False, "old_is_known": False}],
    )
    page = await step(world, await step(world, await first(world), "Record rules"), "Value rule")
    page = await step(
        world, await step(world, page, "Add condition", column="prioritycode"), "Add", test="becomes", value="1"
    )
    shown = texts((await step(world, page, "Preview")).card)
    assert "With these rules: 10 instead of 30 messages in the last 30 days." in shown
    assert "4 changes are unknown, because their values were not kept." in shown
    assert await world.rows_in(connection_rules) == []
    limits = await step(world, await first(world), "Limits")
    shown = texts((await step(world, limits, "Preview", inADay="5")).card)
    assert any(each.startswith("With these rules: ") and "instead of 30 messages" in each for each in shown)


async def test_why_lists_the_last_decisions_with_values_that_the_reader_can_read(world: World) -> None:
    await connected(world, "CAS-01001")
    await store_decisions(world, 1, reason="urgent rule")
    await store_decisions(world, 1, outcome="held", reason="quiet hours", due_at=world.clock.now())
    said = texts((await step(world, await first(world), "Why")).card)
    assert any("Priority Normal → High, posted: urgent rule" in each for each in said)
    assert any("held: quiet hours. Until {{DATE(" in each for each in said)
    said = texts((await step(world, await first(world, person=PATTI), "Why", person=PATTI)).card)
    assert any("Priority Normal → High" in each for each in said)


@pytest.mark.parametrize(("old", "new"), [("x" * 300, "Short"), ("Short", "x" * 300), ("x" * 300, None)])
async def test_why_shows_no_digest_of_a_long_text(world: World, old: str, new: str | None) -> None:
    await connected(world, "CAS-01001")
    kept = {"old": digest_if_long(old), "new": new and digest_if_long(new), "has_values": True, "old_is_known": True}
    await store_decisions(world, 1, columns=[{"name": "description", **kept}])
    said = texts((await step(world, await first(world), "Why")).card)
    assert any("Description changed, posted: every change" in each for each in said)


async def test_a_person_types_a_city_to_find_its_time_zone(world: World) -> None:
    assert list(await search(world, "time zones", "new york")) == ["America/New_York"]
    assert await search(world, "time zones", "nowhere at all") == {}


async def test_status_shows_the_mute_and_the_last_decisions(world: World) -> None:
    await connected(world, "CAS-01001")
    await store_decisions(world, 12, reason="urgent rule")
    await world.say("mute always")
    await world.settle()
    world.card()
    said = texts(await private_view(world, "status"))
    assert said[1] == "Muted by Alex Wilber until someone turns it off."
    decisions = [each for each in said if each.endswith("posted: urgent rule")]
    assert len(decisions) == 10
    assert any("Priority Normal → High" in each for each in decisions)
    assert texts(await private_view(world, "records"))[1] == said[1]


async def test_rules_survive_an_undo_and_a_new_connection_starts_with_the_defaults(world: World) -> None:
    await connected(world, "CAS-01001")
    page = await step(world, await first(world), "Record rules")
    await step(world, page, "Save", style="digest", digestAt="09:30")
    await world.say("disconnect")
    await world.settle()
    undo = buttons(world.card())["Undo"]
    await world.press(undo)
    await world.settle()
    world.card()
    assert "Changes come in a digest at 9:30." in texts((await first(world)).card)
    await world.window_ends()
    await world.say("disconnect")
    await world.settle()
    world.card()
    await connected(world, "CAS-01001")
    assert "Changes come in a digest at 9:30." not in texts((await first(world)).card)


async def test_defaults_count_until_somebody_changes_the_rules_and_locks_count_always(world: World) -> None:
    await connected(world, "CAS-01001", "CAS-01002")
    page = await step(world, await first(world), "Record rules")
    await step(world, page, "Save", style="digest", digestAt="09:30")
    await world.say("mute 1h CAS-01001")
    await world.settle()
    world.card()
    settings = await record_type_page(world)
    await request_page(world, settings.step("Save", notify_style="live", locked_rules=""))
    live, digest = "One live card shows the changes.", "Changes come in a digest at 9:30."
    shown = await first(world)
    assert digest in texts(shown.card)
    records = shown.choices("record")
    other = await step(world, shown, "Show record", record=records["CAS-01001"])
    assert live in texts(other.card), "a mute is no change of the rules"
    settings = await record_type_page(world)
    await request_page(world, settings.step("Save", locked_rules="notify_style"))
    shown = await first(world)
    assert live in texts(shown.card)
    page = await step(world, shown, "Record rules")
    assert "style" not in page.inputs
    assert "Your administrator set this for all records of this type." in texts(page.card)
