"""Administrators choose the apps that show the pane, and whether it lists other chats (spec P4, P12)."""

import json

import pytest

from tests.steps.settings_pages import (
    first_page,
    organization_page,
    request_page,
    saved_changes,
    search,
)
from tests.wire.people import ADELE
from tests.wire.world import API, World, buttons, texts

pytestmark = pytest.mark.one_database

SERVICE, SALES = "contoso_service", "contoso_sales"
ALL = "All model-driven apps, including future ones"


async def test_the_page_offers_all_apps_or_some(world: World) -> None:
    page = await organization_page(world)
    assert page.choices("app_choice") == {ALL: "all", "Only these apps": "some"}
    assert page.choices("pane_apps") == {
        "Contoso Sales (contoso_sales)": SALES,
        "Contoso Service (contoso_service)": SERVICE,
    }
    assert (page.filled_in["app_choice"], page.filled_in["other_chats"]) == ("all", "true")
    saved = await request_page(
        world, page.step("Save", app_choice="some", pane_apps=f"{SERVICE},{SERVICE}", other_chats="false")
    )
    assert "Saved. The change is active." in texts(saved.card)
    assert f"Dynamics 365 apps that show the pane: {ALL} → contoso_service" in texts(saved.card)
    page = await organization_page(world)
    assert (page.filled_in["app_choice"], page.filled_in["pane_apps"]) == ("some", SERVICE)
    assert page.filled_in["other_chats"] == "false"
    await request_page(world, page.step("Save", app_choice="all"))
    assert await saved_changes(world) == [
        ("Alex Wilber", ["other_chats: true → false", 'pane_apps: null → ["contoso_service"]']),
        ("Alex Wilber", ['pane_apps: ["contoso_service"] → null']),
    ]


async def test_apps_can_be_searched_by_administrators(world: World) -> None:
    dataset = (await organization_page(world)).inputs["pane_apps"]["choices.data"]["dataset"]
    assert await search(world, dataset, "sales contoso") == {"Contoso Sales (contoso_sales)": SALES}
    assert await search(world, dataset, "nothing") == {}
    assert await search(world, dataset, "sales", person=ADELE) == {}


async def test_no_app_and_unknown_apps_are_refused(world: World) -> None:
    page = await organization_page(world)
    for given, problem in (
        ("", "Choose at least one app, or all apps."),
        ("contoso_service,other", "These apps do not exist: other."),
    ):
        refused = await request_page(world, page.step("Save", app_choice="some", pane_apps=given))
        assert f"Dynamics 365 apps that show the pane: {problem}" in texts(refused.card)
    forged = await request_page(world, page.step("Save", app_choice="most"))
    assert texts(forged.card)[0] == "This form is incomplete or out of date."
    assert await saved_changes(world) == []


async def test_a_card_of_an_earlier_version_changes_neither(world: World) -> None:
    await request_page(
        world, (await organization_page(world)).step("Save", app_choice="some", pane_apps=SALES, other_chats="false")
    )
    step = (await organization_page(world)).step("Save", chats_on="false")
    for name in ("app_choice", "pane_apps", "other_chats"):
        del step[name]
    await request_page(world, step)
    assert (await saved_changes(world))[-1] == ("Alex Wilber", ["chats_on: true → false"])


async def test_an_app_that_was_deleted_stays_until_it_is_removed(world: World) -> None:
    await request_page(world, (await organization_page(world)).step("Save", app_choice="some", pane_apps=SALES))
    world.dataverse_refuses[f"{API}/appmodules"] = (200, {"value": []})
    page = await organization_page(world)
    assert page.choices("pane_apps") == {"contoso_sales (contoso_sales)": SALES}
    saved = await request_page(world, page.step("Save", sync_idle_days="3"))
    assert "Saved. The change is active." in texts(saved.card)


async def test_settings_work_without_the_privilege_to_read_apps(world: World) -> None:
    world.dataverse_refuses[f"{API}/appmodules"] = (403, {"error": {"code": "0x80040220", "message": "missing"}})
    page = await organization_page(world)
    assert any("prvReadAppModule" in each for each in texts(page.card))
    assert "pane_apps" not in page.inputs
    saved = await request_page(world, page.step("Save", other_chats="false"))
    assert "Saved. The change is active." in texts(saved.card)


async def test_apps_move_with_an_import(world: World) -> None:
    async def preview(apps: object) -> list[str]:
        await world.say("settings import")
        page = await request_page(world, buttons(world.card())["Import settings"]["data"], name="task/fetch")
        text = json.dumps({"format": 1, "organisation": {"pane_apps": apps, "other_chats": False}})
        return texts((await request_page(world, page.step("Preview changes", settings=text))).card)

    assert f"Dynamics 365 apps that show the pane: {ALL} → contoso_sales" in await preview([SALES])
    assert "organisation.pane_apps: Choose at least one app, or all apps." in await preview([])
    assert "organisation.pane_apps: These apps do not exist: x." in await preview([SALES, "x"])
    assert any(
        each.startswith("organisation.pane_apps: This must be null for all apps") for each in await preview("all")
    )
    assert (await first_page(world)).title == "Chat Sync settings"
