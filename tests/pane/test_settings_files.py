"""Settings as files: the export is that of the bot, and an import shows its changes before it saves them (spec P6)."""

import json

import pytest
from sqlalchemy import select

from bot.features.settings.settings_files import MAX_LENGTH
from bot.store.tables import record_type
from tests.steps.pane import error_of
from tests.steps.settings_page import HERE, ask, exported, one_change, settings_page, told
from tests.steps.settings_pages import (
    make_administrator,
    record_type_page,
    request_page,
    saved_changes,
)
from tests.wire.people import MEGAN
from tests.wire.world import World, buttons

pytestmark = pytest.mark.one_database


async def test_the_file_has_the_text_of_the_bot(world: World) -> None:
    page = await settings_page(world)
    await request_page(world, (await record_type_page(world)).step("Save", join="false", disclosure="table"))
    await world.say("settings export")
    bot = await request_page(world, buttons(world.card())["Export settings"]["data"], name="task/fetch")
    (file,) = (await ask(page, "export"))["files"]
    assert file == {"name": "chat-sync-settings-localhost-sandbox.json", "text": bot.filled_in["settings"]}


async def test_an_export_can_be_imported_again(world: World) -> None:
    page = await settings_page(world)
    text = await exported(page)
    found = await ask(page, "check", file=text)
    assert (found["changes"], found["problems"], found["isSaved"]) == ([], [], False)
    assert (await ask(page, "save", file=one_change(join=False), version=found["version"]))["isSaved"]
    back = await ask(page, "check", file=text)
    assert told(back["changes"]) == ["Case · Let people join connected chats: Off → On"]
    assert back["version"] == found["version"] + 1
    saved = await ask(page, "save", file=text, version=back["version"])
    assert (saved["isSaved"], told(saved["changes"])) == (True, told(back["changes"]))
    assert await saved_changes(world) == [
        ("Alex Wilber", ["incident.join: true → false"]),
        ("Alex Wilber", ["incident.join: false → true"]),
    ]


async def test_a_preview_saves_nothing(world: World) -> None:
    page = await settings_page(world)
    await ask(page, "check", file=one_change(join=False, note=False))
    assert await saved_changes(world) == []


async def test_the_second_of_two_imports_sees_both_values(world: World) -> None:
    await make_administrator(world, MEGAN)
    alex, megan = await settings_page(world), await settings_page(world, MEGAN)
    mine = one_change(disclosure="fields")
    version = (await ask(alex, "check", file=mine))["version"]
    assert (await ask(megan, "save", file=one_change(disclosure="nothing"), version=version))["isSaved"]
    conflict = await ask(alex, "save", file=mine, version=version)
    assert not conflict["isSaved"]
    label = "Case · What the card of a pasted link shows to everyone"
    nothing, fields = "Nothing about the record", "Type, number, name, and the fields of the note"
    assert told(conflict["changes"]) == [f"{label}: {nothing} → {fields}"]
    ((other),) = conflict["others"]
    assert (other["who"], other["at"]) == ("Megan Bowen", "2026-11-21T10:20:30+00:00")
    assert told(other["changes"]) == [f"{label}: Type, number, and name → {nothing}"]
    # The page shows both now, so the next save is meant.
    assert (await ask(alex, "save", file=mine, version=conflict["version"]))["isSaved"]
    assert [who for who, _ in await saved_changes(world)] == ["Megan Bowen", "Alex Wilber"]


async def test_an_import_and_the_dialog_see_each_other(world: World) -> None:
    page = await settings_page(world)
    version = (await ask(page, "check", file=one_change(join=False)))["version"]
    await request_page(world, (await record_type_page(world)).step("Save", note="false"))
    conflict = await ask(page, "save", file=one_change(join=False), version=version)
    assert (conflict["isSaved"], len(conflict["others"])) == (False, 1)


BAD_FILES = {
    "empty": ("", "the text", "This is not JSON"),
    "binary": ("PK\x03\x04\x00\x00", "the text", "This is not JSON"),
    "cut": ('{"format": 1, "organisation": {', "the text", "This is not JSON"),
    "byte order mark": ("\ufeff{}", "the text", "This is not JSON"),
    "deep": ("[" * 50_000, "the text", "This is JSON, but not a settings export."),
    "long number": ("1" * 50_000, "the text", "This is JSON, but not a settings export."),
    "list": ("[]", "the text", "This is JSON, but not a settings export."),
    "no format": ("{}", "format", "The format must be 1."),
    "other format": ('{"format": 2}', "format", "The format must be 1."),
    "unknown part": ('{"format": 1, "roles": {}}', "roles", "There is no section with this name."),
    "part of another type": ('{"format": 1, "organisation": []}', "organisation", "This must be an object in braces."),
    "unknown setting": (one_change(joins=True), "record_types.incident.joins", "There is no setting with this name."),
    "value of another type": (one_change(join="yes"), "record_types.incident.join", "This must be true or false."),
    "unknown table": (
        '{"format": 1, "record_types": {"nothing": {"join": true}}}',
        "record_types.nothing",
        "This table does not exist in this environment.",
    ),
    "unknown view": (one_change(note_view="No such"), "record_types.incident.note_view", "This view no longer exists"),
    "unknown column": (
        one_change(key_fields=["nothing"]),
        "record_types.incident.key_fields",
        "The table has no column named nothing.",
    ),
    "too many tables": (
        json.dumps({"format": 1, "record_types": {f"t{number}": {} for number in range(41)}}),
        "record_types",
        "You can import at most 40 record types at once",
    ),
    "hostile names": (
        '{"format": 1, "<img src=x>\\u202e\\u0000": 1}',
        "<img src=x>",
        "There is no section with this name.",
    ),
}


async def test_a_bad_file_changes_nothing_and_says_why(world: World) -> None:
    page = await settings_page(world)
    for kind, (file, path, reason) in BAD_FILES.items():
        for found in (await ask(page, "check", file=file), await ask(page, "save", file=file, version=0)):
            assert (found["changes"], found["isSaved"]) == ([], False), kind
            where, why = found["problems"][0]
            assert where.strip() == path, kind
            assert why.startswith(reason), kind
    assert await saved_changes(world) == []


async def test_a_huge_file_is_refused(world: World) -> None:
    page = await settings_page(world)
    spaces = " " * (MAX_LENGTH + 1)
    for route in ("check", "save"):
        status, answer = await page.send(f"settings/{route}", {"environment": HERE, "version": 0, "file": spaces})
        assert (status, error_of(answer)) == (
            400,
            ("This file is too long for settings.", "Choose a settings export."),
        )
        status, _ = await page.send(f"settings/{route}", {"environment": HERE, "version": 0, "file": "x" * 600_000})
        assert status == 413
    # Only imports may be that large.
    assert (await page.send("settings/show", {"environment": HERE, "more": "x" * 70_000}))[0] == 413


async def test_many_record_types_become_several_files_that_can_be_imported(world: World) -> None:
    tables = [f"cs_table{number}" for number in range(60)]
    async with world.engines.writing.begin() as begun:
        case = (await begun.execute(select(record_type).where(record_type.c.table == "incident"))).mappings().one()
        await begun.execute(record_type.insert(), [{**case, "table": table} for table in tables])
    await world.restart()
    page = await settings_page(world)
    files = (await ask(page, "export"))["files"]
    assert [each["name"] for each in files] == [
        f"chat-sync-settings-localhost-sandbox-{number}.json" for number in (1, 2)
    ]
    found = [table for each in files for table in json.loads(each["text"])["record_types"]]
    assert set(tables) < set(found)
    assert all(len(json.loads(each["text"])["record_types"]) <= 40 for each in files)
