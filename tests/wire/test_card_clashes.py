"""Edit conflicts on a card: nothing is changed, and the card shows who changed the record (spec Q3)."""

import asyncio

import pytest

from tests.steps.record_actions import (
    ALL,
    allow_actions,
    audited_actions,
    dialog_data,
    dialog_page,
    first_page,
    personal_card,
    press,
    read_case,
)
from tests.steps.settings_pages import ShownPage
from tests.wire.people import ADELE, MEGAN
from tests.wire.world import World, buttons, texts

pytestmark = pytest.mark.one_database

MEANWHILE = "Megan Bowen changed this case, so nothing was done. These are the current values."
WORDS = "A new bearing helped."
RESOLVED = {"statecode": 1, "statuscode": 5}


async def closed(world: World, **values: int) -> None:
    """Close the case as another person."""
    await world.change({**RESOLVED, **values}, by=MEGAN)
    await world.window_ends()


@pytest.mark.parametrize("reason", ["5", "1000"])
async def test_resolving_a_resolved_case_shows_who_resolved_it_and_returns_the_text(world: World, reason: str) -> None:
    await allow_actions(world, acts=["resolve"])
    form = await press(world, await first_page(world), "Resolve case")
    await closed(world)
    after = await press(world, form, "Resolve case", {"words": WORDS, "reason": reason})
    told = texts(after)
    assert f"{MEANWHILE} You wrote: {WORDS}" in told
    assert any(each.startswith("{{DATE(") for each in told)
    assert "Status Reason: Problem Solved" in told
    assert "CAS-01001 is resolved." not in told
    assert (await read_case(world))["statuscode"] == 5
    assert await audited_actions(world) == [
        ("on card: resolve", "Adele Vance"),
        ("on card: resolve refused", "Adele Vance"),
    ]


@pytest.mark.parametrize("acts", [["resolve"], ALL])
async def test_a_dialog_shows_a_page_with_the_current_values(world: World, acts: list[str]) -> None:
    await allow_actions(world, acts=acts)
    first = await dialog_page(world, dialog_data(await personal_card(world)))
    form = await dialog_page(world, first.step("Resolve case"))
    await closed(world)
    after = await dialog_page(world, form.step("Resolve case", words=WORDS, reason="5"))
    assert f"{MEANWHILE} You wrote: {WORDS}" in texts(after.card)
    assert "Status Reason: Problem Solved" in texts(after.card)
    assert "Resolve case" not in buttons(after.card)


async def test_if_no_field_can_be_changed_anymore_the_card_shows_what_happened(world: World) -> None:
    await allow_actions(world, acts=[], fields=["statuscode"])
    form = await press(world, await first_page(world), "Change fields")
    await world.change({"prioritycode": 1}, by=MEGAN)
    asked = len(world.dataverse_was_asked)
    world.dataverse_hangs_on = "/incidents("
    saving = asyncio.create_task(press(world, form, "Save", {"field statuscode": "2"}))
    await world.until(lambda: any("RetrievePrincipalAccess" in each for each in world.dataverse_was_asked[asked:]))
    # From now on, the person can only read the case.
    world.dataverse_refuses["RetrievePrincipalAccess"] = (200, {"AccessRights": "ReadAccess"})
    world.dataverse_hangs_on = ""
    after = await saving
    assert MEANWHILE in texts(after)
    assert "Priority: High" in texts(after)
    assert "Update" not in buttons(after)
    await world.window_ends()


async def test_a_change_after_the_card_was_shown_is_noticed_before_resolving(world: World) -> None:
    await allow_actions(world, acts=["resolve"])
    form = await press(world, await first_page(world), "Resolve case")
    asked = len(world.dataverse_was_asked)
    world.dataverse_hangs_on = "RetrievePrincipalAccess"
    resolving = asyncio.create_task(press(world, form, "Resolve case", {"words": WORDS, "reason": "5"}))
    await world.until(lambda: any("/incidents(" in each for each in world.dataverse_was_asked[asked:]))
    await world.change({"prioritycode": 1}, by=MEGAN)
    world.dataverse_hangs_on = ""
    clash = await resolving
    assert MEANWHILE in texts(clash)
    assert ShownPage("", clash).filled_in["words"] == WORDS
    assert (await read_case(world))["statecode"] == 0
    await world.window_ends()


async def test_a_case_that_is_closed_at_the_same_moment_is_reported_as_closed(world: World) -> None:
    await allow_actions(world, acts=["resolve"])
    form = await press(world, await first_page(world), "Resolve case")
    world.dataverse_hangs_on = "/CloseIncident"
    resolving = asyncio.create_task(press(world, form, "Resolve case", {"words": WORDS, "reason": "5"}))
    await world.until(lambda: any("/CloseIncident" in each for each in world.dataverse_was_asked))
    await closed(world)
    world.dataverse_hangs_on = ""
    assert f"{MEANWHILE} You wrote: {WORDS}" in texts(await resolving)


async def test_two_presses_of_one_person_resolve_a_case_once(world: World) -> None:
    await allow_actions(world, acts=["resolve"])
    form = await press(world, await first_page(world), "Resolve case")
    typed = {"words": WORDS, "reason": "5"}
    for after in await asyncio.gather(*(press(world, form, "Resolve case", typed, person=ADELE) for _ in range(2))):
        assert "CAS-01001 is resolved." in texts(after)
    await world.window_ends()
