"""Administrators set the default value rule and urgent rule of a record type in the settings dialog (spec V9)."""

import json
from typing import Any

import pytest

from bot.store.tables import audit, setting_change
from tests.steps.notification_rules import store_decisions
from tests.steps.settings_pages import (
    ShownPage,
    first_page,
    make_administrator,
    record_type_page,
    request_page,
    saved_changes,
)
from tests.wire.people import ADELE, ALEX, MEGAN, Somebody
from tests.wire.test_disconnect import connected
from tests.wire.world import GROUP, OTHER_GROUP, World, buttons, texts

pytestmark = pytest.mark.one_database

VALUE, URGENT = "Default value rule", "Default urgent rule"
HIGH = '["any", "prioritycode becomes [1]"]'
ONLY_ADMINISTRATORS = "Only people with the security role System Administrator can see and change the settings."
LOCKED = "Your administrator set this for all records of this type."


async def step(world: World, page: ShownPage, button: str, *, person: Somebody = ALEX, **inputs: Any) -> ShownPage:
    return await request_page(world, page.step(button, **inputs), person=person)


async def rule_page(world: World, kind: str = URGENT, *, person: Somebody = ALEX) -> ShownPage:
    return await step(world, await record_type_page(world, person=person), kind, person=person)


async def with_condition(
    world: World, page: ShownPage, column: str = "prioritycode", *, person: Somebody = ALEX, **inputs: str
) -> ShownPage:
    asked = await step(world, page, "Add condition", column=column, person=person)
    return await step(world, asked, "Add", person=person, **(inputs or {"test": "becomes", "value": "1"}))


async def notifications(world: World) -> ShownPage:
    await world.say("notifications")
    return await request_page(world, buttons(world.card())["Notifications"]["data"], name="task/fetch")


async def test_a_default_counts_for_connections_that_nobody_changed_and_a_lock_for_all(world: World) -> None:
    await connected(world, "CAS-01001")
    page = await with_condition(world, await rule_page(world))
    assert (page.title, list(page.choices("kept"))) == ("Urgent rule", ["Priority becomes High"])
    saved = await step(world, page, "Save")
    assert "Saved. The change is active." in texts(saved.card)
    assert f"Case · {URGENT}: none → Priority becomes High" in texts(saved.card)
    opened = await notifications(world)
    assert "Urgent: Priority becomes High." in texts(opened.card)
    # Somebody chooses another rule for the record.
    record = await step(world, opened, "Record rules")
    await step(world, await step(world, record, "Urgent rule"), "Save", kept="")
    assert "Urgent: Priority becomes High." not in texts((await notifications(world)).card)
    # The lock makes it count again.
    page = await rule_page(world)
    assert page.inputs["locked"]["value"] == "false"
    await step(world, page, "Save", locked="true")
    opened = await notifications(world)
    assert "Urgent: Priority becomes High." in texts(opened.card)
    refused = await step(world, await step(world, await step(world, opened, "Record rules"), "Urgent rule"), "Save")
    assert texts(refused.card)[0] == LOCKED
    assert (await rule_page(world)).inputs["locked"]["value"] == "true"
    # The other lock and the other rule are not touched.
    assert (await rule_page(world, VALUE)).inputs["locked"]["value"] == "false"
    assert (await record_type_page(world)).filled_in["locked_rules"] == "urgent_rule"
    await step(world, await rule_page(world), "Save", kept="", locked="false")
    assert await saved_changes(world) == [
        ("Alex Wilber", [f"incident.urgent_rule: [] → {HIGH}"]),
        ("Alex Wilber", ['incident.locked_rules: [] → ["urgent_rule"]']),
        ("Alex Wilber", [f"incident.urgent_rule: {HIGH} → []", 'incident.locked_rules: ["urgent_rule"] → []']),
    ]


async def test_the_history_and_the_import_show_a_rule_in_words_and_the_audit_names_who(world: World) -> None:
    page = await with_condition(world, await rule_page(world, VALUE))
    page = await with_condition(world, page, "statuscode", test="changes")
    await step(world, page, "Save", join="all", locked="true")
    history = await step(world, await first_page(world), "History")
    assert f"Case · {VALUE}: none → Priority becomes High and Status Reason changes" in texts(history.card)
    assert f"Case · Notification rules that chats cannot change: none → {VALUE}" in texts(history.card)
    (changed,) = await world.rows_in(audit)
    assert (changed["act"], changed["person_name"], changed["details"]) == (
        "change settings",
        "Alex Wilber",
        {"version": "1"},
    )
    await world.say("settings import")
    asked = await request_page(world, buttons(world.card())["Import settings"]["data"], name="task/fetch")
    text = json.dumps({"format": 1, "record_types": {"incident": {"value_rule": json.loads(HIGH)}}})
    preview = await step(world, asked, "Preview changes", settings=text)
    words = f"Case · {VALUE}: Priority becomes High and Status Reason changes → Priority becomes High"
    assert words in texts(preview.card)


async def test_each_mistake_is_shown_at_the_rule_and_nothing_is_saved(world: World) -> None:
    page = await with_condition(world, await rule_page(world))
    draft = page.step("Save")
    for conditions, reason in (
        (["prioritycode becomes [1]"] * 6, "A rule has at most 5 conditions."),
        (["nowhere becomes [1]"], "This column no longer exists"),
        (["title becomes [1]"], "This column no longer exists"),
        (["prioritycode is above [1]"], "This test does not fit"),
        (["prioritycode becomes [99]"], "Choose a value from the list."),
        (['prioritycode becomes ["<at>all</at>"]'], "Choose a value from the list."),
    ):
        given: dict[str, Any] = {**draft, "draft": json.dumps(conditions), "kept": ",".join(map(str, range(9)))}
        for preview in ({}, {"preview": "true"}):
            shown = await request_page(world, {**given, **preview})
            assert any(reason in each for each in texts(shown.card)), conditions
            assert shown.title == "Urgent rule"
    for broken in ("[", "{}", "[1]", '["x"]', "[" * 5000, "x" * 9000):
        shown = await request_page(world, {**draft, "draft": broken})
        assert texts(shown.card)[0] == "This button no longer works.", broken[:9]
    for wrong in ({"kind": "other"}, {"table": "nowhere"}, {"environment": "other"}, {"version": "9999"}):
        shown = await request_page(world, {**draft, **wrong})
        assert shown.title == "Chat Sync", wrong
    asked = await step(world, page, "Add condition", column="prioritycode")
    assert "Choose a value." in texts((await step(world, asked, "Add", test="becomes", value="")).card)
    assert "Choose a field." in texts((await step(world, page, "Add condition")).card)
    assert await world.rows_in(setting_change) == []


async def test_a_secured_column_needs_that_chats_may_see_its_values(world: World) -> None:
    page = await record_type_page(world)
    await step(world, page, "Save", key_fields="cs_refundamount")
    page = await rule_page(world, VALUE)
    asked = await step(world, page, "Add condition", column="cs_refundamount")
    refused = await step(world, asked, "Add", test="is above", value="100")
    assert any(each.startswith("This column is secured.") for each in texts(refused.card))
    forged = {**page.step("Save"), "draft": json.dumps(["cs_refundamount is above [100.0]"])}
    shown = await request_page(world, forged)
    assert any("This column is secured." in each for each in texts(shown.card))
    await step(world, await record_type_page(world), "Save", tell_secured="true")
    page = await with_condition(world, await rule_page(world, VALUE), "cs_refundamount", test="is above", value="100")
    assert "Saved. The change is active." in texts((await step(world, page, "Save")).card)


async def test_a_rule_no_longer_counts_when_chats_must_not_see_its_values(world: World) -> None:
    await step(world, await record_type_page(world), "Save", key_fields="cs_refundamount", tell_secured="true")
    page = await with_condition(world, await rule_page(world, VALUE), "cs_refundamount", test="is above", value="100")
    await step(world, page, "Save")
    await connected(world, "CAS-01001")
    await world.change({"cs_refundamount": 5})
    await world.window_ends()
    assert world.nothing_was_said()
    await step(world, await record_type_page(world), "Save", tell_secured="false")
    # Otherwise, the cards would say whether the amount is above 100.
    await world.change({"cs_refundamount": 6})
    await world.window_ends()
    assert "Refund amount: changed" in texts(world.card())


async def test_only_administrators_see_and_set_defaults(world: World) -> None:
    page = await rule_page(world)
    asked = await step(world, page, "Add condition", column="prioritycode")
    added = await step(world, asked, "Add", test="becomes", value="1")
    for data in (
        page.step("Add condition", column="prioritycode"),
        asked.step("Add", test="becomes", value="1"),
        added.step("Save"),
        added.step("Preview"),
        (await record_type_page(world)).step(URGENT),
    ):
        refused = await request_page(world, data, person=ADELE)
        assert texts(refused.card)[0] == ONLY_ADMINISTRATORS, data["dialog"]
    assert await world.rows_in(setting_change) == []


async def test_the_second_of_two_administrators_is_told_what_the_first_one_saved(world: World) -> None:
    await make_administrator(world, MEGAN)
    mine, theirs = await rule_page(world), await rule_page(world, person=MEGAN)
    mine = await with_condition(world, mine, "statuscode", test="changes")
    theirs = await with_condition(world, theirs, person=MEGAN)
    await step(world, theirs, "Save", person=MEGAN, locked="true")
    # Another step in between changes nothing about it.
    mine = await with_condition(world, mine, "ownerid", test="changes")
    conflict = await step(world, mine, "Save")
    said = texts(conflict.card)
    assert any(each.startswith("Megan Bowen saved this while the page was open") for each in said)
    assert f"{URGENT}: Priority becomes High. Chats cannot change this rule." in said
    assert list(conflict.choices("kept")) == ["Status Reason changes", "Owner changes"]
    assert len(await saved_changes(world)) == 1
    saved = await step(world, conflict, "Save", locked="true")
    assert f"Case · {URGENT}: Priority becomes High → Status Reason changes or Owner changes" in texts(saved.card)
    # A save of another part is no conflict.
    value, page = await with_condition(world, await rule_page(world, VALUE)), await record_type_page(world)
    await step(world, page, "Save", join="false")
    saved = await step(world, value, "Save")
    assert "Saved. The change is active." in texts(saved.card)
    assert any("Let people join connected chats" in each for each in texts(saved.card))


async def test_the_preview_compares_the_messages_of_the_busiest_chat(world: World) -> None:
    page = await with_condition(world, await rule_page(world, VALUE))
    shown = texts((await step(world, page, "Preview")).card)
    assert any(each.startswith("There is no preview, because no chat") for each in shown)
    for chat in (GROUP, OTHER_GROUP):
        await world.say("connect CAS-01001 quiet", chat=chat)
        await world.settle()
        world.card(chat)
    await store_decisions(world, 3)
    await store_decisions(world, 30, chat=OTHER_GROUP)
    shown = texts((await step(world, page, "Preview")).card)
    assert "In the busiest chat: 10 instead of 30 messages in the last 30 days." in shown
    # A connection with rules of its own gets the default only if it is locked.
    await world.say("notifications", chat=OTHER_GROUP)
    data = buttons(world.card(OTHER_GROUP))["Notifications"]["data"]
    opened = await request_page(world, data, chat=OTHER_GROUP, name="task/fetch")
    record = await request_page(world, opened.step("Record rules"), chat=OTHER_GROUP)
    await request_page(world, record.step("Save", style="each"), chat=OTHER_GROUP)
    for locked, difference in (("false", "no difference"), ("true", "10 instead of 30 messages")):
        shown = texts((await step(world, page, "Preview", locked=locked)).card)
        assert f"In the busiest chat: {difference} in the last 30 days." in shown
    assert await world.rows_in(setting_change) == []
