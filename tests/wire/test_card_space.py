"""Inputs on a card are limited to the size of a card, and the rest is explained (spec Q3)."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.steps.record_actions import allow_actions, first_page, press, read_case, repair_dataverse
from tests.steps.settings_pages import ShownPage, record_type_page, request_page
from tests.wire.people import MEGAN
from tests.wire.world import API, HURRIED, World, buttons, texts

pytestmark = pytest.mark.one_database

PICKLISTS, STATUSES = "PicklistAttributeMetadata", "StatusAttributeMetadata"
LONG = ["prioritycode", "severitycode", "casetypecode", "caseorigincode", "customersatisfactioncode"]


async def with_options(world: World, labels: Mapping[str, Sequence[str]], kind: str = PICKLISTS, **more: int) -> None:
    """Give the choice columns of cases one option for each of these labels, numbered from 1."""
    url = f"{world.sandbox}{API}/EntityDefinitions(LogicalName='incident')/Attributes/Microsoft.Dynamics.CRM.{kind}"
    async with world.session.get(url, params={"$select": "LogicalName", "$expand": "OptionSet"}) as answer:
        body = await answer.json()
    for column in body["value"]:
        if column["LogicalName"] in labels:
            listed = enumerate(labels[column["LogicalName"]], start=1)
            column["OptionSet"]["Options"] = [option(number, label, **more) for number, label in listed]
    world.dataverse_refuses[kind] = (200, body)


def option(number: int, label: str, **more: int) -> dict[str, Any]:
    words = {"Label": label, "LanguageCode": 1033}
    return {"Value": number, "Label": {"UserLocalizedLabel": words, "LocalizedLabels": [words]}, **more}


def countries(count: int) -> list[str]:
    return [f"Country and region number {number}" for number in range(count)]


async def test_a_list_too_long_for_a_card_is_left_out_and_the_others_are_changed(world: World) -> None:
    await with_options(world, {"severitycode": countries(500)})
    await allow_actions(world, acts=[], fields=["severitycode", "prioritycode"])
    form = await press(world, await first_page(world), "Change fields")
    assert list(ShownPage("", form).inputs) == ["field prioritycode"]
    after = await press(world, form, "Save", {"field prioritycode": "1"})
    assert "CAS-01001 was updated. Changed fields: Priority." in texts(after)
    await world.window_ends()


@pytest.mark.parametrize(("options", "offered"), [(250, 1), (100, 3), (30, 5)])
async def test_lists_are_offered_in_order_until_the_card_is_full(world: World, options: int, offered: int) -> None:
    await with_options(world, dict.fromkeys(LONG, countries(options)))
    await allow_actions(world, acts=[], fields=LONG)
    form = await press(world, await first_page(world), "Change fields")
    assert list(ShownPage("", form).inputs) == [f"field {each}" for each in LONG[:offered]]
    after = await press(world, form, "Save", {"field prioritycode": "3"})
    assert "CAS-01001 was updated. Changed fields: Priority." in texts(after)
    await world.window_ends()


async def test_administrators_are_told_which_lists_are_too_long_and_what_to_leave_out(world: World) -> None:
    long = countries(250)
    await with_options(world, {"severitycode": countries(500), "prioritycode": long, "casetypecode": long})
    await world.restart()
    page = await record_type_page(world)
    assert "Columns with too many choices for a card: Severity" in texts(page.card)
    assert "severitycode" not in page.choices("change_fields").values()
    refused = await request_page(world, page.step("Save", change_fields="prioritycode,casetypecode"))
    assert any("These columns do not fit on one card. Remove Case Type" in each for each in texts(refused.card))


async def test_options_without_a_label_are_shown_by_number(world: World) -> None:
    await with_options(world, {"prioritycode": ["High", "", "\u200b"]})
    await with_options(world, {"statuscode": ["Done", ""]}, STATUSES, State=1)
    await allow_actions(world, acts=["resolve"], fields=["prioritycode"])
    card = await first_page(world)
    form = await press(world, card, "Change fields")
    assert ShownPage("", form).choices("field prioritycode") == {"High": "1", "2": "2", "3": "3"}
    form = await press(world, card, "Resolve case")
    assert ShownPage("", form).choices("reason") == {"Done": "1", "2": "2"}


async def test_too_many_reasons_for_a_card_offer_no_resolution(world: World) -> None:
    await with_options(world, {"statuscode": countries(500)}, STATUSES, State=1)
    await allow_actions(world, acts=["assign", "note", "resolve"])
    assert "Resolve case" not in buttons(await first_page(world))


async def test_after_a_conflict_a_full_form_returns_all_text(world: World) -> None:
    fields = ["description", "title", "productserialnumber", "severitycode", "followupby"]
    await with_options(world, {"severitycode": countries(200)})
    await allow_actions(world, acts=[], fields=fields)
    form = await press(world, await first_page(world), "Change fields")
    assert list(ShownPage("", form).inputs) == [f"field {each}" for each in fields]
    await world.change({"prioritycode": 1, "description": "🔧" * 800, "title": "🔧" * 200}, by=MEGAN)
    typed = {"field description": "🙂" * 800, "field title": "水" * 200, "field productserialnumber": "😀" * 100}
    clash = await press(world, form, "Save", typed)
    assert "Megan Bowen changed this case, so nothing was done. These are the current values." in texts(clash)
    assert typed.items() <= ShownPage("", clash).filled_in.items()
    await world.window_ends()


async def test_any_invalid_input_returns_the_form_with_the_reason(world: World) -> None:
    await allow_actions(world, acts=[], fields=["description", "prioritycode", "followupby"])
    form = await press(world, await first_page(world), "Change fields")
    version = (await read_case(world))["@odata.etag"]
    for name, text in (("description", "x\x01" * 30_000), ("prioritycode", "9" * 40_000), ("followupby", "x" * 40_000)):
        again = await press(world, form, "Save", {f"field {name}": text})
        assert "Correct the value, and save again." in str(texts(again))
        assert "Save" in buttons(again)
    assert (await read_case(world))["@odata.etag"] == version


async def test_a_full_form_can_be_sent_again_after_a_timeout(world: World) -> None:
    fields = ["description", "title", "productserialnumber"]
    await allow_actions(world, acts=[], fields=fields)
    world.limits = HURRIED
    await world.restart()
    form = await press(world, await first_page(world), "Change fields")
    world.dataverse_hangs_on = "/incidents("
    typed = {"field description": "水" * 800, "field title": "水" * 200, "field productserialnumber": "水" * 100}
    slow = await press(world, form, "Save", typed)
    await repair_dataverse(world)
    after = await press(world, slow, "Try again")
    assert "CAS-01001 was updated. Changed fields: Description, Case Title, and Serial Number." in texts(after)
    await world.window_ends()
