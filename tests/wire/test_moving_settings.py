"""Export settings as JSON from one environment, and import them into another (spec M1)."""

import json
from typing import Any

import pytest

from tests.steps.settings_pages import ShownPage, make_administrator, record_type_page, request_page, saved_changes
from tests.wire.people import ADELE, MEGAN
from tests.wire.world import World, buttons, texts

pytestmark = pytest.mark.one_database


async def exported(world: World) -> dict[str, Any]:
    """Return the text of `settings export`."""
    await world.say("settings export")
    page = await request_page(world, buttons(world.card())["Export settings"]["data"], name="task/fetch")
    body: dict[str, Any] = json.loads(page.filled_in["settings"])
    return body


async def shown(world: World, text: object) -> ShownPage:
    """Return the preview of `settings import` before anything is saved."""
    await world.say("settings import")
    page = await request_page(world, buttons(world.card())["Import settings"]["data"], name="task/fetch")
    given = text if isinstance(text, str) else json.dumps(text)
    return await request_page(world, page.step("Preview changes", settings=given))


async def test_an_export_names_everything_and_brings_it_back(world: World) -> None:
    page = await record_type_page(world, "account")
    views = page.choices("note_view")
    await request_page(world, page.step("Save", note_view=views["Active Accounts"], disclosure="table"))
    body = await exported(world)
    assert body["organisation"] == {
        "chats_on": True,
        "allowed_roles": [],
        "sync_on": True,
        "sync_idle_days": 7,
        "mirror_chats": False,
        "other_chats": True,
        "pane_apps": None,
    }
    assert body["record_types"]["account"] == {
        "enabled": True,
        "note": True,
        "note_view": "Active Accounts",
        "leave_out_secured": False,
        "auto_name": False,
        "join": False,
        "owner_can_disconnect": False,
        "connector_can_disconnect": False,
        "notify": False,
        "key_fields": [],
        "tell_secured": False,
        "disclosure": "table",
        "tell_each": False,
        "card_acts": [],
        "change_fields": [],
        "notify_style": "each",
        "digest_at": "08:00",
        "value_rule": [],
        "urgent_rule": [],
        "mention_new_owner": False,
        "mention_owner": False,
        "locked_rules": [],
    }
    assert body["record_types"]["incident"]["card_acts"] == ["assign"]
    assert (
        texts((await shown(world, body)).card)[-1]
        == "This environment already has these settings. There is nothing to change."
    )
    page = await record_type_page(world, "account")
    await request_page(world, page.step("Save", note_view="default", disclosure="name", join="true"))
    back = await shown(world, body)
    assert texts(back.card)[1:] == [
        "3 settings will change:",
        "Account · View for the note: The default view → Active Accounts",
        "Account · Let people join connected chats: On → Off",
        "Account · What the card of a pasted link shows to everyone: Type, number, and name → The record type",
    ]
    assert len(await saved_changes(world)) == 2
    done = await request_page(world, back.step("Save"))
    assert texts(done.card)[1] == "Saved. The change is active."
    assert await exported(world) == body
    assert (await saved_changes(world))[2][0] == "Alex Wilber"


async def test_what_a_text_does_not_name_stays_as_it_is(world: World) -> None:
    page = await shown(world, {"format": 1, "record_types": {"lead": {"enabled": True, "note": True}}})
    assert texts(page.card)[1:] == [
        "2 settings will change:",
        "Lead · Connect chats to these records: Off → On",
        "Lead · Include a note: Off → On",
    ]
    await request_page(world, page.step("Save"))
    assert await saved_changes(world) == [("Alex Wilber", ["lead.enabled: false → true", "lead.note: false → true"])]


MANY: dict[str, object] = {f"table{number}": {} for number in range(41)}


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ('{"format": 1, "record_types": {"\\ud83d": {}}}', "record_types.\ufffd: This table does not exist"),
        ("{", "the text: This is not JSON: Expecting property name"),
        ("[]", "the text: This is JSON, but not a settings export."),
        ("[" * 9000, "the text: This is JSON, but not a settings export."),
        ("NaN", "the text: This is JSON, but not a settings export."),
        ({}, "format: The format must be 1. Use the text from settings export."),
        ({"format": True}, "format: The format must be 1."),
        ({"format": 1, "colours": 1}, "colours: There is no section with this name."),
        ({"format": 1, "record_types": []}, "record_types: This must be an object in braces."),
        ({"format": 1, "record_types": {"nothing": {}}}, "nothing: This table does not exist in this environment."),
        ({"format": 1, "record_types": {"incident": 5}}, "This must be an object in braces."),
        (
            {"format": 1, "record_types": {"incident": {"colour": 1}}},
            "colour: There is no setting with this name.",
        ),
        (
            {"format": 1, "record_types": {"incident": {"table": "a"}}},
            "table: There is no setting with this name.",
        ),
        ({"format": 1, "record_types": {"incident": {"note": "yes"}}}, "incident.note: This must be true or false."),
        ({"format": 1, "record_types": {"incident": {"join": 1}}}, "incident.join: This must be true or false."),
        ({"format": 1, "organisation": {"sync_idle_days": True}}, "days: This must be a whole number."),
        ({"format": 1, "organisation": {"sync_idle_days": 7.5}}, "days: This must be a whole number."),
        ({"format": 1, "organisation": {"sync_idle_days": -1}}, "Enter a whole number of days from 0 to 3,650"),
        ({"format": 1, "organisation": {"allowed_roles": "CSR"}}, "This must be a list of names in brackets."),
        ({"format": 1, "organisation": {"allowed_roles": ["Nobody"]}}, "These security roles do not exist: Nobody."),
        (
            {"format": 1, "record_types": {"incident": {"key_fields": list("abcdef")}}},
            "fields: You chose 6 columns. At most 5 can be key fields.",
        ),
        (
            {"format": 1, "record_types": {"incident": {"key_fields": ["statuscode", 5]}}},
            "This must be a list of names in brackets.",
        ),
        (
            {"format": 1, "record_types": {"incident": {"key_fields": ["cs_operatinghours"]}}},
            "Columns with whole numbers cannot be key fields.",
        ),
        (
            {"format": 1, "record_types": {"incident": {"note": False, "note_view": "Nothing of this name"}}},
            "This view no longer exists or is not a system view of the table.",
        ),
        (
            {"format": 1, "record_types": {"incident": {"card_acts": ["assign", "delete"]}}},
            "card_acts: This must be a list in brackets. It can contain: assign, note, resolve.",
        ),
        (
            {"format": 1, "record_types": {"account": {"card_acts": ["resolve"]}}},
            "card_acts: Only cases can be resolved.",
        ),
        (
            {"format": 1, "record_types": {"incident": {"change_fields": ["ownerid"]}}},
            "A card can change only choices, yes/no values, dates, and plain text.",
        ),
        (
            {"format": 1, "record_types": {"incident": {"disclosure": "all"}}},
            "This must be one of these: nothing, table, name, fields.",
        ),
        (
            {"format": 1, "record_types": {"cs_stocklevel": {"enabled": True, "notify": True}}},
            "Virtual tables do not report changes.",
        ),
        (
            {"format": 1, "record_types": {f"table{n}": {} for n in range(41)}},
            "record_types: You can import at most 40 record types at once, and this text has 41.",
        ),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_what_is_wrong_is_refused_with_the_reason_and_its_path(world: World, wrong: object, reason: str) -> None:
    page = await shown(world, wrong)
    assert page.title == "Import settings"
    said = texts(page.card)
    assert said[0] == "Nothing was changed."
    assert any(reason in line for line in said), said
    assert "Preview changes" in buttons(page.card)
    forged = {**page.step("Preview changes"), "dialog": "settings save import", "version": "0"}
    assert texts((await request_page(world, forged)).card)[0] == "Nothing was changed."
    assert await saved_changes(world) == []


async def test_others_who_saved_between_the_preview_and_the_press_are_told(world: World) -> None:
    await make_administrator(world, MEGAN)
    page = await shown(world, {"format": 1, "record_types": {"incident": {"auto_name": True}}})
    megans = await record_type_page(world, person=MEGAN)
    await request_page(world, megans.step("Save", join="false"), person=MEGAN)
    again = await request_page(world, page.step("Save"))
    assert again.title == "Import settings"
    assert texts(again.card)[2] == "Case · Let people join connected chats: On → Off"
    assert texts(again.card)[-2:] == [
        "1 setting will change:",
        "Case · Name new chats after the record: Off → On",
    ]
    assert texts((await request_page(world, again.step("Save"))).card)[1] == "Saved. The change is active."


async def test_sync_is_brought_along_by_global_administrators_alone(world: World) -> None:
    await make_administrator(world, MEGAN)
    text = json.dumps({"format": 1, "organisation": {"sync_on": False}})
    data = {"dialog": "settings preview", "environment": "localhost/sandbox", "settings": text}
    refused = await request_page(world, data, person=MEGAN)
    assert any("Only a Microsoft Entra Global Administrator" in line for line in texts(refused.card))
    assert texts((await request_page(world, data)).card)[-1] == "Chat sync: On → Off"


async def test_a_text_that_is_too_long_is_refused(world: World) -> None:
    data = {"dialog": "settings preview", "environment": "localhost/sandbox", "settings": " " * 16_001}
    assert texts((await request_page(world, data)).card)[0] == "This text has more than 16,000 characters."


async def test_a_person_who_administers_no_environment_gets_no_export(world: World) -> None:
    await world.say("settings export", person=ADELE)
    assert texts(world.card())[0].startswith("Only people with the security role System Administrator")


async def test_there_is_no_other_command_about_settings(world: World) -> None:
    await world.say("settings delete everything")
    assert texts(world.card())[0] == "This option does not exist."
