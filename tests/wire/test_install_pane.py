"""`python app.py dataverse pane`: install the web resources and commands that open the pane."""

from __future__ import annotations

import re
from argparse import Namespace
from base64 import b64decode, b64encode
from typing import Any

import pytest

from bot.config.settings import Settings
from bot.domain.errors import NotSupported, Unavailable
from bot.store.tables import audit
from bot.wiring.command_line import run_command
from manifest.pane.customizations import FILES
from tests.wire.world import World

pytestmark = pytest.mark.one_database

ENVIRONMENT = "localhost/sandbox"
API = "/api/data/v9.2"
RESOURCES = ["launcher.js", "pane.html", "pane.js", "pane.css", "icon.png"]
COMMANDS = ["chatsync_pane_form", "chatsync_pane_main_grid"]
WELL = f"{ENVIRONMENT}: pane with 5 web resources and 2 commands, up to date"
NOTHING = f"{ENVIRONMENT}: the pane is not installed"


async def written(settings: Settings, act: str, **options: Any) -> tuple[int, list[str]]:
    """Run the command; return its exit code and lines."""
    lines: list[str] = []
    arguments = Namespace(
        command="dataverse", act="pane", pane_act=act, **{"environment": None, "dry_run": False, **options}
    )
    code = await run_command(settings, arguments, lines.append)
    return code, [line.rstrip("\n") for line in lines]


@pytest.fixture
async def organization(world: World) -> World:
    """Return an environment without the pane. The bot's address is known."""
    world.settings = world.settings.model_copy(update={"public_url": world.url})
    await written(world.settings, "remove")
    return world


async def call(world: World, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
    async with world.session.request(method, f"{world.sandbox}{API}/{path}", json=body, headers=headers) as answer:
        return answer.status, await answer.json() if answer.content_type == "application/json" else None


async def rows(world: World, path: str) -> list[dict[str, Any]]:
    status, body = await call(world, "GET", path)
    assert status == 200, body
    found: list[dict[str, Any]] = body["value"]
    return found


async def resources(world: World) -> dict[str, dict[str, Any]]:
    found = await rows(world, "webresourceset?$filter=startswith(name,'chatsync')")
    return {each["name"].removeprefix("chatsync_/pane/"): each for each in found}


async def commands(world: World) -> dict[str, dict[str, Any]]:
    return {each["uniquename"]: each for each in await rows(world, "appactions")}


async def test_from_nothing_to_the_pane_and_back(organization: World) -> None:
    settings = organization.settings
    assert await written(settings, "remove") == (0, [NOTHING])
    code, missing = await written(settings, "status")
    assert (code, missing[0]) == (1, f"{NOTHING}. Run: python app.py dataverse pane install")
    assert missing[1:] == [
        "  missing: solution",
        *(f"  missing: chatsync_/pane/{name}" for name in RESOURCES),
        *(f"  missing: {name}" for name in COMMANDS),
    ]
    # A dry run changes nothing.
    assert await written(settings, "install", dry_run=True) == (0, missing)
    assert await written(settings, "status") == (1, missing)

    installed = f"{ENVIRONMENT}: pane installed and published; "
    assert await written(settings, "install") == (0, [f"{installed}5 web resources added, 2 commands added"])
    assert await written(settings, "status") == (0, [WELL])
    before = (await resources(organization), await commands(organization))
    # A second run writes nothing, and publishes again.
    assert await written(settings, "install") == (0, [f"{installed}nothing changed"])
    assert (await resources(organization)).keys() == before[0].keys()
    assert await commands(organization) == before[1]

    contents = f"{ENVIRONMENT}: pane with 5 web resources and 2 commands"
    assert await written(settings, "remove", dry_run=True) == (0, [f"{contents} would be removed"])
    assert await written(settings, "status") == (0, [WELL])
    assert await written(settings, "remove") == (0, [f"{contents} removed"])
    assert (await resources(organization), await commands(organization)) == ({}, {})
    assert await rows(organization, "solutions") == []
    acts = [row["act"] for row in await organization.rows_in(audit) if row["act"].endswith("pane")]
    assert acts == ["remove pane", "remove pane", "install pane", "install pane", "remove pane"]


async def test_the_files_are_those_of_the_repository_with_the_address_of_this_bot(organization: World) -> None:
    await written(organization.settings, "install")
    found = await resources(organization)
    assert sorted(found) == sorted(RESOURCES)
    assert {name: each["webresourcetype"] for name, each in found.items()} == {
        "icon.png": 5,
        "launcher.js": 3,
        "pane.css": 2,
        "pane.html": 1,
        "pane.js": 3,
    }
    assert {each["componentstate"] for each in found.values()} == {0}
    for name in ("launcher.js", "pane.css", "pane.js"):
        assert b64decode(found[name]["content"]) == (FILES / name).read_bytes()
    page = b64decode(found["pane.html"]["content"]).decode()
    assert re.findall(r'<iframe [^>]*data-address="([^"]+)"', page) == [f"{organization.url}/pane?host=sandbox"]
    assert "{{" not in page


async def test_two_commands_of_all_tables_and_apps_call_the_launcher(organization: World) -> None:
    await written(organization.settings, "install")
    launcher = (await resources(organization))["launcher.js"]["webresourceid"]
    found = await commands(organization)
    assert {name: each["location"] for name, each in found.items()} == dict(zip(COMMANDS, (0, 1), strict=True))
    for each in found.values():
        assert (each["context"], each["_appmoduleid_value"], each["contextvalue"]) == (0, None, None)
        assert (each["onclickeventtype"], each["onclickeventjavascriptfunctionname"]) == (2, "ChatSync.openPane")
        assert each["_onclickeventjavascriptwebresourceid_value"] == launcher
        assert each["onclickeventjavascriptparameters"] is None
        assert each["buttonlabeltext"] == "Chats"


async def test_changes_by_hand_are_shown_and_corrected(organization: World) -> None:
    settings = organization.settings
    await written(settings, "install")
    found, listed = await resources(organization), await commands(organization)
    page, style = (found[name]["webresourceid"] for name in ("pane.html", "pane.css"))
    form, grid = (listed[name]["appactionid"] for name in COMMANDS)
    edited = b64encode(b"<p>somebody's own page</p>").decode()
    assert (await call(organization, "PATCH", f"webresourceset({page})", {"content": edited}))[0] == 204
    # Nobody sees it before it is published.
    assert await written(settings, "status") == (0, [WELL])
    publish = f"<importexportxml><webresources><webresource>{{{page}}}</webresource></webresources></importexportxml>"
    assert (await call(organization, "POST", "PublishXml", {"ParameterXml": publish}))[0] == 204
    await call(organization, "DELETE", f"webresourceset({style})")
    await call(organization, "PATCH", f"appactions({form})", {"hidden": True})
    await call(organization, "DELETE", f"appactions({grid})")
    old = {"name": "chatsync_/pane/old.js", "webresourcetype": 3, "content": ""}
    assert (await call(organization, "POST", "webresourceset", old))[0] == 204

    code, lines = await written(settings, "status")
    assert code == 1
    assert lines == [
        f"{ENVIRONMENT}: pane with 5 web resources and 1 command, which differ from this version",
        "  missing: chatsync_/pane/pane.css",
        "  missing: chatsync_pane_main_grid",
        "  different: chatsync_/pane/pane.html",
        "  different: chatsync_pane_form",
        "  unneeded: chatsync_/pane/old.js",
    ]
    _, (said,) = await written(settings, "install")
    assert said.endswith(
        "1 web resource added, 1 web resource changed, 1 command added, 1 command changed, 1 unneeded component removed"
    )
    assert await written(settings, "status") == (0, [WELL])
    assert (await commands(organization))["chatsync_pane_form"]["appactionid"] == form


async def test_a_command_at_another_place_is_created_again(organization: World) -> None:
    """Dataverse never changes the location and the table of a command."""
    settings = organization.settings
    await written(settings, "install")
    (form, *_) = (await commands(organization)).values()
    launcher = (await resources(organization))["launcher.js"]["webresourceid"]
    await call(organization, "DELETE", f"appactions({form['appactionid']})")
    moved = {
        "name": "x",
        "uniquename": form["uniquename"],
        "context": 1,
        "contextvalue": "incident",
        "location": 2,
        "OnClickEventJavaScriptWebResourceId@odata.bind": f"/webresourceset({launcher})",
    }
    assert (await call(organization, "POST", "appactions", moved))[0] == 204
    assert (await written(settings, "status"))[1][1:] == ["  different: chatsync_pane_form"]
    await written(settings, "install")
    assert await written(settings, "status") == (0, [WELL])
    assert (await commands(organization))["chatsync_pane_form"]["context"] == 0


async def test_a_web_resource_of_another_type_is_a_conflict_and_stays(organization: World) -> None:
    settings = organization.settings
    await written(settings, "install")
    await written(settings, "remove")
    taken = {"name": "chatsync_/pane/pane.js", "webresourcetype": 4, "content": ""}
    assert (await call(organization, "POST", "webresourceset", taken))[0] == 204
    conflict = "  conflict: chatsync_/pane/pane.js is part of a managed solution or has another type. Remove it"
    for dry_run in (True, False):
        code, lines = await written(settings, "install", dry_run=dry_run)
        assert (code, lines[-1]) == (1, conflict)
    assert list(await resources(organization)) == ["pane.js"]
    assert await commands(organization) == {}


async def test_an_installation_that_could_not_publish_is_completed(organization: World) -> None:
    settings = organization.settings
    organization.dataverse_refuses["PublishXml"] = (500, {})
    with pytest.raises(Unavailable):
        await written(settings, "install")
    organization.dataverse_refuses.clear()
    # New web resources that are not published are nowhere to be seen in a real environment.
    organization.dataverse_refuses["webresourceset?"] = (200, {"value": []})
    _, (said,) = await written(settings, "install")
    assert "5 web resources added" in said
    organization.dataverse_refuses.clear()
    assert await written(settings, "status") == (0, [WELL])
    assert {each["componentstate"] for each in (await resources(organization)).values()} == {0}


async def test_missing_privileges_are_listed_and_nothing_is_installed(organization: World) -> None:
    lacking = "PrivilegeName='prvPublishCustomization'"
    organization.dataverse_refuses[lacking] = (200, {"RolePrivileges": []})
    said = [
        f"{ENVIRONMENT}: the application user lacks these privileges. Assign it the role System Customizer:",
        "  prvPublishCustomization",
    ]
    assert await written(organization.settings, "install") == (1, said)
    code, lines = await written(organization.settings, "install", dry_run=True)
    assert (code, lines[:2], len(lines)) == (1, said, 11)
    assert await resources(organization) == {}


async def test_without_a_public_address_nothing_is_installed(world: World) -> None:
    world.settings = world.settings.model_copy(update={"public_url": None})
    for act in ("status", "install", "remove"):
        with pytest.raises(NotSupported, match="Browsers need an address"):
            await written(world.settings, act)


async def test_the_pane_of_the_built_in_sandbox_is_left_alone(world: World) -> None:
    own = world.settings.model_copy(update={"dataverse_urls": ()})
    for act in ("install", "remove"):
        with pytest.raises(NotSupported, match="The sandbox installs its pane itself"):
            await written(own, act)


async def test_an_unknown_environment_is_refused(organization: World) -> None:
    with pytest.raises(NotSupported, match="is not configured"):
        await written(organization.settings, "install", environment="other.crm.dynamics.com")
