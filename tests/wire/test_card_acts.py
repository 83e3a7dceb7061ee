"""Actions on a record's card: with the person's rights, once, and on the version that the person saw (spec Q3)."""

import asyncio
import json

import pytest

from tests.cards.schema import parts
from tests.steps.record_actions import (
    ALL,
    FIELDS,
    allow_actions,
    audited_actions,
    dialog_data,
    dialog_page,
    first_page,
    personal_card,
    press,
    read_case,
    repair_dataverse,
)
from tests.steps.settings_pages import ShownPage
from tests.wire.people import ADELE, ALEX, ISAIAH, LYNNE, MEGAN, PATTI
from tests.wire.world import API, GROUP, HURRIED, World, buttons, texts

pytestmark = pytest.mark.one_database


async def owner(world: World, number: str = "CAS-01001") -> str:
    return str((await read_case(world, number))["_ownerid_value@OData.Community.Display.V1.FormattedValue"])


# Assign to me ---------------------------------------------------------------------------------------------------------


async def test_a_case_is_assigned_with_one_press(world: World) -> None:
    card = await personal_card(world, person=MEGAN)
    after = await press(world, card, "Assign to me", person=MEGAN)
    assert "CAS-01001 is assigned to you." in texts(after)
    assert "Owner: Megan Bowen" in texts(after)
    assert "Assign to me" not in buttons(after)
    assert await owner(world) == "Megan Bowen"
    assert (await read_case(world))["_modifiedby_value@OData.Community.Display.V1.FormattedValue"] == "Megan Bowen"
    assert await audited_actions(world) == [("on card: assign", "Megan Bowen")]


async def test_an_owner_gets_no_assign_button(world: World) -> None:
    await world.change({"ownerid@odata.bind": f"/systemusers({await world.user_id(ADELE)})"}, told=False)
    assert "Assign to me" not in buttons(await personal_card(world, person=ADELE))


async def test_a_person_with_read_only_access_gets_no_actions(world: World) -> None:
    await allow_actions(world, acts=["assign", "resolve"], fields=FIELDS)
    assert set(buttons(await personal_card(world, person=ISAIAH, number=await world.case_owned_by("Adele Vance")))) == {
        "Open record",
        "Connect this chat",
        "Chats",
    }


async def test_a_forged_press_with_read_only_access_is_rejected_by_dataverse(world: World) -> None:
    number = await world.case_owned_by("Adele Vance")
    card = await personal_card(world, person=MEGAN, number=number)
    after = await press(world, card, "Assign to me", person=ISAIAH)
    assert any("Your permissions in Dynamics 365 do not allow this." in each for each in texts(after))
    assert await owner(world, number) == "Adele Vance"
    assert await audited_actions(world) == [
        ("on card: assign", "Isaiah Langer"),
        ("on card: assign refused", "Isaiah Langer"),
    ]


async def test_a_record_that_changed_is_not_overwritten_and_its_current_values_are_shown(world: World) -> None:
    card = await personal_card(world, person=ALEX)
    before = await owner(world)
    await world.change({"prioritycode": 1}, by=MEGAN)
    after = await press(world, card, "Assign to me", person=ALEX)
    said = texts(after)
    assert "Megan Bowen changed this case, so nothing was done. These are the current values." in said
    assert any(each.startswith("{{DATE(") for each in said)
    assert "Priority: High" in said
    assert await owner(world) == before
    again = await press(world, after, "Assign to me", person=ALEX)
    assert "CAS-01001 is assigned to you." in texts(again)
    await world.window_ends()


async def test_a_repeated_press_assigns_once(world: World) -> None:
    card = await personal_card(world, person=MEGAN)
    first, second = await asyncio.gather(*(press(world, card, "Assign to me", person=MEGAN) for _ in range(2)))
    version = (await read_case(world))["@odata.etag"]
    third = await press(world, card, "Assign to me", person=MEGAN)
    for after in (first, second, third):
        assert "CAS-01001 is assigned to you." in texts(after)
    assert (await read_case(world))["@odata.etag"] == version


async def test_an_action_that_timed_out_is_not_done_twice(world: World) -> None:
    world.limits = HURRIED
    await world.restart()
    card = await personal_card(world, person=MEGAN)
    world.dataverse_hangs_on = "/incidents("
    slow = await press(world, card, "Assign to me", person=MEGAN)
    assert texts(slow)[0] == "Dynamics 365 is taking too long to respond."
    await repair_dataverse(world)
    after = await press(world, slow, "Try again", person=MEGAN)
    assert "CAS-01001 is assigned to you." in texts(after)
    version = (await read_case(world))["@odata.etag"]
    assert "CAS-01001 is assigned to you." in texts(await press(world, slow, "Try again", person=MEGAN))
    assert (await read_case(world))["@odata.etag"] == version


async def test_an_action_that_the_administrator_does_not_allow_is_refused_regardless_of_the_button(
    world: World,
) -> None:
    card = await personal_card(world, person=MEGAN)
    await allow_actions(world, acts=[])
    after = await press(world, card, "Assign to me", person=MEGAN)
    assert any("has not turned on this action" in each for each in texts(after))
    assert await owner(world) != "Megan Bowen"
    assert await audited_actions(world) == []


async def test_a_person_outside_the_chat_or_without_a_user_cannot_act(world: World) -> None:
    card = await personal_card(world, person=MEGAN)
    world.join(LYNNE)
    world.connector.members[GROUP].remove(MEGAN.account_id)
    for person in (MEGAN, LYNNE):
        after = await press(world, card, "Assign to me", person=person)
        assert "CAS-01001" not in json.dumps(after)
    assert await owner(world) != "Megan Bowen"


@pytest.mark.parametrize("version", ["*", "", "W/700", 'W/"1"\r\nX: y', 'W/"' + "9" * 40 + '"', '"1"', 'W/"x"'])
async def test_a_forged_version_is_refused(world: World, version: str) -> None:
    found = buttons(await personal_card(world, person=MEGAN))["Assign to me"]
    answer = await world.press({**found, "data": {**found["data"], "version": version}}, person=MEGAN)
    assert texts(answer["value"])[0] == "This button no longer works."
    assert await owner(world) != "Megan Bowen"


async def test_the_first_page_has_a_back_button(world: World) -> None:
    await allow_actions(world, acts=["note"])
    card = await press(world, await first_page(world), "Back")
    assert "Update" in buttons(card)


async def test_every_action_is_answered_in_time_if_dataverse_does_not_respond(world: World) -> None:
    world.limits = HURRIED
    await world.restart()
    await allow_actions(world, acts=ALL, fields=FIELDS)
    (found,) = await world.paste(await world.link(), person=ALEX)
    claim = {**found["content"]["refresh"]["action"]["data"], "version": 'W/"1"', "text": "x"}
    world.dataverse_hangs = True
    acts = ("", "fields", "note", "resolution", "assign", "save fields", "save note", "resolve")
    asked = [("adaptiveCard/action", {"action": {"verb": "view", "data": claim}})]
    asked += [("adaptiveCard/action", {"action": {"verb": "update", "data": {**claim, "act": act}}}) for act in acts]
    asked += [("task/submit", {"data": {**claim, "act": act, "dialog": "update"}}) for act in acts]

    async def answered(name: str, value: object) -> tuple[int, str]:
        status, body = await world.post(world.activity(GROUP, ADELE, type="invoke", name=name, value=value))
        return status, json.dumps(body)

    for status, body in await asyncio.gather(*(answered(*each) for each in asked)):
        assert status == 200
        assert "is taking too long to respond." in body
        assert "Try again" in body
    world.dataverse_hangs = False


# Fields ---------------------------------------------------------------------------------------------------------------


async def test_fields_of_each_type_are_changed_at_once(world: World) -> None:
    await allow_actions(world, acts=ALL, fields=FIELDS)
    card = await first_page(world)
    form = await press(world, card, "Change fields")
    inputs = ShownPage("", form).inputs
    assert [each.get("label") or each["title"] for each in inputs.values()] == [
        "Priority",
        "Is Escalated",
        "Follow Up By",
        "Serial Number",
        "Status Reason",
    ]
    # Reasons of the case's current state only.
    assert list(ShownPage("", form).choices("field statuscode")) == [
        "In Progress",
        "On Hold",
        "Waiting for Details",
        "Researching",
    ]
    typed = {
        "field prioritycode": "1",
        "field isescalated": "true",
        "field followupby": "2026-12-24",
        "field productserialnumber": "P-4711",
        "field statuscode": "2",
    }
    after = await press(world, form, "Save", typed)
    assert (
        "CAS-01001 was updated. Changed fields: Priority, Is Escalated, Follow Up By, Serial Number, and Status Reason."
        in texts(after)
    )
    now = await read_case(world)
    assert [now[name] for name in FIELDS] == [1, True, "2026-12-24", "P-4711", 2]
    assert now["_modifiedby_value@OData.Community.Display.V1.FormattedValue"] == "Adele Vance"
    await world.window_ends()


async def test_an_equal_value_in_another_format_is_not_written_or_reported_as_changed(world: World) -> None:
    await allow_actions(world, acts=[], fields=FIELDS)
    await world.change({"productserialnumber": "P 4711"}, told=False)
    form = await press(world, await first_page(world), "Change fields")
    world.dataverse_was_sent.clear()
    after = await press(world, form, "Save", {"field prioritycode": "1", "field productserialnumber": " P  4711"})
    assert "CAS-01001 was updated. Changed fields: Priority." in texts(after)
    assert [json.loads(each) for each in world.dataverse_was_sent if b"prioritycode" in each] == [{"prioritycode": 1}]
    await world.window_ends()


async def test_after_a_conflict_the_form_has_the_inputs_and_the_current_values(world: World) -> None:
    await allow_actions(world, acts=[], fields=FIELDS)
    form = await press(world, await first_page(world), "Change fields")
    await world.change({"prioritycode": 3, "productserialnumber": "NEW"}, by=MEGAN)
    clash = await press(world, form, "Save", {"field followupby": "2026-12-24"})
    told = texts(clash)
    assert "Megan Bowen changed this case, so nothing was done. These are the current values." in told
    assert "Serial Number: NEW" in told
    assert ShownPage("", clash).filled_in["field followupby"] == "2026-12-24"
    assert ShownPage("", clash).filled_in["field productserialnumber"] == "NEW"
    after = await press(world, clash, "Save")
    assert "CAS-01001 was updated. Changed fields: Follow Up By." in texts(after)
    now = await read_case(world)
    assert (now["prioritycode"], now["productserialnumber"], now["followupby"]) == (3, "NEW", "2026-12-24")
    await world.window_ends()


WRONG = [
    ("field prioritycode", "99", "Choose a value from the list."),
    ("field prioritycode", "High", "Choose a value from the list."),
    ("field statuscode", "5", "Choose a value from the list."),
    ("field isescalated", "maybe", "Choose yes or no."),
    ("field followupby", "tomorrow", "Choose a date."),
    ("field followupby", "0001-01-01", "Choose a date in 1753 or later."),
    ("field followupby", "2026-11-21T10:00:00Z", "Choose a date."),
    ("field productserialnumber", "x" * 101, "The text has 101 characters. Use at most 100."),
    ("field productserialnumber", "a\x07b", "Remove the control characters."),
]


async def test_an_invalid_input_is_explained_on_the_form_and_nothing_is_written(world: World) -> None:
    await allow_actions(world, acts=[], fields=FIELDS)
    form = await press(world, await first_page(world), "Change fields")
    version = (await read_case(world))["@odata.etag"]
    for name, text, reason in WRONG:
        again = await press(world, form, "Save", {name: text})
        assert any(reason in each for each in texts(again)), (name, texts(again))
        assert ShownPage("", again).inputs
    assert (await read_case(world))["@odata.etag"] == version


async def test_columns_that_are_not_allowed_are_not_written_regardless_of_the_form(world: World) -> None:
    await allow_actions(world, acts=[], fields=["prioritycode"])
    form = await press(world, await first_page(world), "Change fields")
    for name in ("field title", "field cs_refundamount", "field statecode", "field nosuch", "field ownerid"):
        after = await press(world, form, "Save", {name: "1"})
        assert any("You cannot change these fields on a card." in each for each in texts(after))
    assert (await read_case(world))["title"] == "Pump vibrates after firmware update"


async def test_a_column_that_the_person_cannot_read_is_neither_shown_nor_overwritten(world: World) -> None:
    await allow_actions(world, acts=[], fields=["cs_analysis", "productserialnumber"])
    form = await press(world, await first_page(world), "Change fields")
    assert list(ShownPage("", form).inputs) == ["field productserialnumber"]


# Resolve ------------------------------------------------------------------------------------------------------------


async def test_a_case_is_resolved_with_a_reason(world: World) -> None:
    await allow_actions(world, acts=["resolve"])
    form = await press(world, await first_page(world), "Resolve case")
    assert list(ShownPage("", form).choices("reason")) == ["Problem Solved", "Information Provided"]
    after = await press(world, form, "Resolve case", {"words": "A new bearing helped.", "reason": "1000"})
    assert "CAS-01001 is resolved." in texts(after)
    now = await read_case(world)
    assert (now["statecode"], now["statuscode"]) == (1, 1000)
    assert "Update" not in buttons(after)
    # If the button is selected again, the case is already resolved.
    assert "CAS-01001 is resolved." in texts(
        await press(world, form, "Resolve case", {"words": "A new bearing helped.", "reason": "1000"})
    )
    assert [act for act, _ in await audited_actions(world)] == ["on card: resolve"]
    await world.window_ends()


async def test_a_case_that_changed_is_not_resolved(world: World) -> None:
    await allow_actions(world, acts=["resolve"])
    form = await press(world, await first_page(world), "Resolve case")
    await world.change({"prioritycode": 1}, by=MEGAN)
    clash = await press(world, form, "Resolve case", {"words": "Done.", "reason": "5"})
    assert "Megan Bowen changed this case, so nothing was done. These are the current values." in texts(clash)
    assert "Priority: High" in texts(clash)
    assert (await read_case(world))["statecode"] == 0
    await world.window_ends()


@pytest.mark.parametrize("typed", [{"reason": "1"}, {"reason": "x"}, {"words": " "}, {"words": "x" * 201}])
async def test_a_resolution_without_reason_or_text_is_refused_on_the_form(world: World, typed: dict[str, str]) -> None:
    await allow_actions(world, acts=["resolve"])
    form = await press(world, await first_page(world), "Resolve case")
    again = await press(world, form, "Resolve case", {"words": "Done.", "reason": "5", **typed})
    assert "Choose a reason, and enter in a few words how the case was resolved." in texts(again)
    # What fits is not to be typed once more.
    inputs = {each["id"]: each.get("value", "") for each in parts(again) if "id" in each}
    assert inputs["words"].strip() == {"words": "Done.", **typed}["words"].strip()[:200]
    assert inputs["reason"] == "5"
    assert (await read_case(world))["statecode"] == 0


# Notes --------------------------------------------------------------------------------------------------------------


async def notes(world: World, number: str = "CAS-01001") -> list[tuple[str, str]]:
    """Return the notes that people added to a case, with their authors."""
    query = {"$filter": f"_objectid_value eq {await world.row('incidents', number)}", "$orderby": "createdon"}
    headers = {"Prefer": 'odata.include-annotations="*"'}
    async with world.session.get(f"{world.sandbox}{API}/annotations", params=query, headers=headers) as answer:
        rows = (await answer.json())["value"]
    by = "_createdby_value@OData.Community.Display.V1.FormattedValue"
    return [(row["notetext"], row[by]) for row in rows if "Teams" in row["notetext"]]


async def test_a_note_is_added_once_even_if_it_is_sent_repeatedly(world: World) -> None:
    await allow_actions(world, acts=["note"])
    form = await press(world, await first_page(world, person=ISAIAH), "Add a note", person=ISAIAH)
    typed = {"text": "The customer\ncalled *again*."}
    for _ in range(3):
        after = await press(world, form, "Add the note", typed, person=ISAIAH)
        assert "Your note was added to CAS-01001." in texts(after)
    assert await notes(world) == [("The customer\ncalled *again*.\n\nWritten in Microsoft Teams.", "Isaiah Langer")]
    await press(world, form, "Add the note", {"text": "Something else."}, person=ISAIAH)
    assert len(await notes(world)) == 2


async def test_markup_in_a_note_is_text(world: World) -> None:
    await allow_actions(world, acts=["note"])
    form = await press(world, await first_page(world, person=ISAIAH), "Add a note", person=ISAIAH)
    await press(
        world, form, "Add the note", {"text": "R&D: 2 < 3 <img src=https://evil.example/p.png><!--"}, person=ISAIAH
    )
    ((text, _),) = await notes(world)
    assert text == "R&D: 2 < 3 &lt;img src=https://evil.example/p.png>&lt;!--\n\nWritten in Microsoft Teams."


async def test_a_note_that_timed_out_is_added_once(world: World) -> None:
    await allow_actions(world, acts=["note"])
    world.limits = HURRIED
    await world.restart()
    form = await press(world, await first_page(world), "Add a note")
    world.dataverse_hangs_on = "/annotations("
    slow = await press(world, form, "Add the note", {"text": "Pump replaced."})
    assert texts(slow)[0] == "Dynamics 365 is taking too long to respond."
    written = [{"text": each * 4_000} for each in ("水", "🙂", '"')]
    long = await asyncio.gather(*(press(world, form, "Add the note", each) for each in written))
    await repair_dataverse(world)
    for each in long:
        assert "Your note was added to CAS-01001." in texts(await press(world, each, "Try again"))
    assert len(await notes(world)) == 3
    assert "Your note was added to CAS-01001." in texts(await press(world, slow, "Try again"))
    assert len([text for text, _ in await notes(world) if text.startswith("Pump replaced.")]) == 1


async def test_an_empty_or_too_long_note_is_refused_on_the_form(world: World) -> None:
    await allow_actions(world, acts=["note"])
    form = await press(world, await first_page(world), "Add a note")
    for text in ("", "  \n ", "x" * 4_001):
        again = await press(world, form, "Add the note", {"text": text})
        assert "A note must have 1 to 4,000 characters." in texts(again)
        assert [each.get("value", "") for each in parts(again) if each.get("id") == "text"] == [text[:4_000]]
    again = await press(world, form, "Add the note", {"text": "\x01" * 30_000})
    assert "A note must have 1 to 4,000 characters." in texts(again)
    assert await notes(world) == []


async def test_a_form_that_is_too_large_for_a_card_gets_no_retry_button(world: World) -> None:
    await allow_actions(world, acts=["note"])
    form = await press(world, await first_page(world), "Add a note")
    world.limits = HURRIED
    await world.restart()
    world.dataverse_hangs_on = "/incidents("
    slow = await press(world, form, "Add the note", {"text": "x" * 30_000})
    assert (texts(slow)[0], buttons(slow)) == ("Dynamics 365 is taking too long to respond.", {})
    await repair_dataverse(world)


# Dialogs --------------------------------------------------------------------------------------------------------------


async def test_a_dialog_has_the_same_actions_and_ends_with_a_message(world: World) -> None:
    await allow_actions(world, acts=ALL, fields=["prioritycode"])
    card = await personal_card(world, person=ALEX)
    first = await dialog_page(world, dialog_data(card), person=ALEX)
    assert first.title == "Update CAS-01001"
    form = await dialog_page(world, first.step("Change fields"), person=ALEX)
    back = await dialog_page(world, form.step("Back"), person=ALEX)
    assert back.title == first.title
    assert (
        await dialog_page(world, form.step("Save", **{"field prioritycode": "3"}), person=ALEX)
        == "CAS-01001 was updated. Changed fields: Priority."
    )
    again = await dialog_page(world, dialog_data(card), person=ALEX)
    assert await dialog_page(world, again.step("Assign to me"), person=ALEX) == "CAS-01001 is assigned to you."
    await world.window_ends()


async def test_a_client_without_private_cards_gets_a_dialog_and_the_other_way_round(
    world: World,
) -> None:
    await allow_actions(world, acts=ALL)
    card = await personal_card(world)
    fallback = buttons(card)["Update"]["fallback"]["data"]
    await world.post(world.activity(GROUP, ADELE, type="message", value=fallback))
    doorstep = world.card()
    assert texts(doorstep) == ["Only you can see the next page."]
    assert (await dialog_page(world, buttons(doorstep)["Continue"]["data"])).title == "Update CAS-01001"
    await world.post(world.activity(GROUP, ADELE, type="message", value=dialog_data(card)))
    doorstep = world.card()
    assert texts(doorstep) == ["Only you can see the next page."]
    assert "Add a note" in buttons(await press(world, doorstep, "Continue"))


async def test_a_conflict_in_a_dialog_is_shown_on_a_page(world: World) -> None:
    await allow_actions(world, acts=["assign"], fields=["prioritycode"])
    first = await dialog_page(world, dialog_data(await personal_card(world, person=ALEX)), person=ALEX)
    await world.change({"prioritycode": 1}, by=MEGAN)
    clash = await dialog_page(world, first.step("Assign to me"), person=ALEX)
    assert any("Megan Bowen changed this case, so nothing was done." in each for each in texts(clash.card))
    assert await dialog_page(world, clash.step("Assign to me"), person=ALEX) == "CAS-01001 is assigned to you."
    await world.window_ends()


async def test_a_dialog_about_an_unknown_record_is_refused_with_the_reason(world: World) -> None:
    card = await personal_card(world, person=ALEX)
    mine = buttons(card)["Assign to me"]["data"]
    unknown, other = "This button no longer works.", "Chats cannot be connected to records of this type."
    refusals: tuple[tuple[dict[str, str], str], ...] = (
        ({}, unknown),
        ({"row": "x"}, unknown),
        ({"environment": "elsewhere"}, unknown),
        ({"act": "delete"}, unknown),
        ({"table": "systemuser"}, other),
    )
    for data, reason in refusals:
        shown = await dialog_page(
            world, {**mine, **data, "dialog": "update"} if data else {"dialog": "update"}, person=ALEX
        )
        assert texts(shown.card)[0] == reason, data


async def test_without_actions_there_is_no_update_button(world: World) -> None:
    await allow_actions(world, acts=["assign"], fields=["prioritycode"])
    number = await world.case_owned_by("Adele Vance")
    data = dialog_data(await personal_card(world, person=MEGAN, number=number))
    shown = await dialog_page(world, data, person=ISAIAH)
    assert texts(shown.card)[0] == "No actions are available to you for this record."
    shown = await dialog_page(world, data, person=PATTI)
    assert number not in json.dumps(shown.card)
