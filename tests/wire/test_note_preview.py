"""Settings name the fields that a note does not show, and preview the note (spec N1, N5, T2, T5, P6)."""

from typing import Any

import pytest

from tests.cards.schema import parts
from tests.steps.settings_pages import ShownPage, make_administrator, record_type_page, request_page, saved_changes
from tests.wire.people import ADELE, MEGAN
from tests.wire.test_settings import REFUSED, view
from tests.wire.world import API, GROUP, World, buttons, texts

pytestmark = pytest.mark.one_database

TO = "To is not shown: lists of people are not supported."
SAMPLE = "Preview with the latest record that you can read:"


def previewed(page: ShownPage) -> dict[str, Any]:
    """Return the part of the page with the preview of the note."""
    (found,) = [part for part in parts(page.card) if part.get("style") == "emphasis"]
    return found


def has_preview(page: ShownPage) -> bool:
    return any(part.get("style") == "emphasis" for part in parts(page.card))


async def latest(world: World, table: str, row_id: str) -> dict[str, Any]:
    """Return the row of the table that changed last."""
    async with world.session.get(f"{world.sandbox}{API}/{table}?$orderby=modifiedon desc&$top=1") as answer:
        (row,) = (await answer.json())["value"]
    return {"id": row[row_id], **row}


async def test_the_page_names_the_dropped_field_and_shows_the_note_as_it_is_sent(world: World) -> None:
    page = await record_type_page(world, "email")
    assert TO in texts(page.card)
    assert "Default: Quick Find Active Emails (1 column not shown)" in page.choices("note_view")
    assert SAMPLE in texts(page.card)
    shown = texts(previewed(page))

    email = (await latest(world, "emails", "activityid"))["id"]
    link = f"{world.sandbox}/main.aspx?pagetype=entityrecord&etn=email&id={email}"
    await world.say(f"connect {link}")
    await world.settle()
    note = world.card()
    assert texts(note) == shown
    assert [line.partition(":")[0] for line in shown[2:-1]] == ["Subject", "Regarding", "Status Reason", "Date Sent"]
    assert not any(line.startswith("To:") for line in shown)
    assert buttons(previewed(page))["Open record"]["url"] == buttons(note)["Open record"]["url"]


async def test_another_view_is_previewed_before_it_is_saved(world: World) -> None:
    chosen = await view(
        world, "account", "Mixed", "name", "entityimage", "creditlimit", "gone", "nobody.fullname", "telephone1"
    )
    page = await record_type_page(world, "account")
    marked = "Mixed (secured columns, 3 columns not shown)"
    assert page.choices("note_view")[marked] == chosen
    again = await request_page(world, page.step("Preview note", note_view=chosen, join="true"))
    assert again.filled_in["note_view"] == chosen
    assert again.filled_in["join"] == "true"
    reasons = [line for line in texts(again.card) if " is not shown: " in line]
    assert reasons == [
        "Default Image is not shown: images are not supported.",
        "gone is not shown: the table does not have this column.",
        "nobody.fullname is not shown: the view does not have this link.",
    ]
    assert any(line.startswith("Secured columns in this view: Credit Limit.") for line in texts(again.card))
    assert [line.partition(":")[0] for line in texts(previewed(again))[-3:-1]] == ["Account Name", "Credit Limit"]

    without = await request_page(world, again.step("Preview note", leave_out_secured="true"))
    assert "Credit Limit is not shown: secured columns are left out." in texts(without.card)
    assert not any(line.startswith("Secured columns in this view") for line in texts(without.card))
    assert not any(line.startswith("Credit Limit") for line in texts(previewed(without)))
    assert await saved_changes(world) == []

    saved = await request_page(world, without.step("Save"))
    assert texts(saved.card)[1] == "Saved. The change is active."
    stale = await request_page(world, page.step("Preview note", note_view="default"))
    assert any("saved these changes while this page was open" in line for line in texts(stale.card))


async def test_the_preview_has_only_what_the_administrator_can_read(world: World) -> None:
    await make_administrator(world, MEGAN)
    page = await record_type_page(world, person=MEGAN)
    assert texts(previewed(page))[-1].startswith("Connected by Megan Bowen · {{DATE(")
    world.dataverse_refuses_to_act_for_people = {"error": {"code": "0x8004a110", "message": "no"}}
    assert not has_preview(await request_page(world, page.step("Preview note"), person=MEGAN))
    world.dataverse_refuses_to_act_for_people = None

    forged = page.step("Preview note")
    assert texts((await request_page(world, forged, person=ADELE)).card) == REFUSED
    await make_administrator(world, MEGAN, still=False)
    assert texts((await request_page(world, forged, person=MEGAN)).card) == REFUSED

    world.dataverse_refuses = {"/incidents?": (200, {"value": []})}
    empty = await record_type_page(world)
    assert "Preview with placeholders, because there is no record that you can read:" in texts(empty.card)
    shown = texts(previewed(empty))
    assert shown[:2] == ["Case", "(name of the record)"]
    assert {line.partition(": ")[2] for line in shown[2:-1]} == {"(value)"}
    assert "Open record" not in buttons(previewed(empty))


async def test_the_settings_work_without_a_preview(world: World) -> None:
    page = await record_type_page(world, "account")
    for wrong in ("x' or 1 eq 1", "*" * 400, "00000000-0000-0000-0000-000000000000", "<b>שלום</b>"):
        again = await request_page(world, page.step("Preview note", note_view=wrong))
        assert "View for the note: This view no longer exists" in "\n".join(texts(again.card))
        assert not has_preview(again)
    for path, status in (("/accounts?", 403), ("/accounts", 500)):
        world.dataverse_refuses = {path: (status, {})}
        again = await request_page(world, page.step("Preview note"))
        assert again.filled_in == page.filled_in
        assert not has_preview(again)
    world.dataverse_refuses = {}
    assert texts((await request_page(world, page.step("Save", join="true"))).card)[1] == "Saved. The change is active."


async def test_without_dialogs_the_preview_is_a_card_in_the_chat(world: World) -> None:
    page = await record_type_page(world, "email")
    data = page.step("Preview note")
    await world.post(world.activity(GROUP, type="message", channelId="emulator", value=data))
    assert TO in texts(world.card())


async def test_a_page_with_many_long_view_names_lists_those_that_fit_and_the_chosen_one(world: World) -> None:
    for number in range(40):
        last = await view(world, "account", f"Z{number} " + "🙂" * 90, "name")
    page = await record_type_page(world, "account")
    assert 10 < len(page.inputs["note_view"]["choices"]) < 40
    assert last not in {each["value"] for each in page.inputs["note_view"]["choices"]}
    chosen = await request_page(world, page.step("Preview note", note_view=last))
    assert chosen.filled_in["note_view"] == last
    assert last in {each["value"] for each in chosen.inputs["note_view"]["choices"]}
    assert has_preview(chosen)
