"""The difference between the required and the installed customizations of the pane."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.pane_customizations import (
    CommandLocation,
    InstalledCommand,
    InstalledPane,
    InstalledResource,
    PaneCommand,
    PaneCustomizations,
    PanePlan,
    ResourceKind,
    WebResource,
    plan_pane,
)

SCRIPT = WebResource(id="1", name="x_/a.js", title="A", kind=ResourceKind.SCRIPT, content=b"a")
COMMAND = PaneCommand(
    unique_name="x_form",
    location=CommandLocation.FORM,
    label="Chats",
    tooltip="Show",
    script="x_/a.js",
    function="A.open",
    icon="x_/a.png",
)
REQUIRED = PaneCustomizations(resources=(SCRIPT,), commands=(COMMAND,))
RESOURCE_ROW = InstalledResource(id="r", kind=3, title="A", content=b"a")
COMMAND_ROW = InstalledCommand(id="c", command=COMMAND)
COMPLETE = InstalledPane(solution_id="s", resources={"x_/a.js": RESOURCE_ROW}, commands={"x_form": COMMAND_ROW})


def test_an_empty_environment_needs_everything() -> None:
    assert InstalledPane().is_empty
    assert plan_pane(REQUIRED, InstalledPane()) == PanePlan(
        needs_solution=True, add_resources=(SCRIPT,), add_commands=(COMMAND,)
    )


def test_a_complete_environment_needs_nothing() -> None:
    assert plan_pane(REQUIRED, COMPLETE).is_empty
    assert not COMPLETE.is_empty


@pytest.mark.parametrize("change", [{"content": b"b"}, {"title": "B"}])
def test_a_changed_web_resource_is_updated(change: dict[str, Any]) -> None:
    row = replace(RESOURCE_ROW, **change)
    plan = plan_pane(REQUIRED, replace(COMPLETE, resources={"x_/a.js": row}))
    assert plan == PanePlan(update_resources=((row, SCRIPT),))


@pytest.mark.parametrize("change", [{"managed": True}, {"kind": 1}, {"kind": 1, "content": b"b"}])
def test_a_web_resource_that_must_not_be_changed_is_a_conflict(change: dict[str, Any]) -> None:
    row = replace(RESOURCE_ROW, **change)
    plan = plan_pane(REQUIRED, replace(COMPLETE, resources={"x_/a.js": row}))
    assert plan == PanePlan(conflicts=("x_/a.js",))
    assert not plan.is_empty


@pytest.mark.parametrize(
    ("row", "list_name"),
    [
        (replace(COMMAND_ROW, enabled=False), "update_commands"),
        (replace(COMMAND_ROW, command=replace(COMMAND, label="Other")), "update_commands"),
        (replace(COMMAND_ROW, command=replace(COMMAND, function="B.open")), "update_commands"),
        (replace(COMMAND_ROW, command=replace(COMMAND, script="")), "update_commands"),
        (replace(COMMAND_ROW, command=replace(COMMAND, location=CommandLocation.MAIN_GRID)), "replace_commands"),
        (replace(COMMAND_ROW, global_scope=False), "replace_commands"),
        (replace(COMMAND_ROW, command=None), "replace_commands"),
    ],
)
def test_a_changed_command_is_updated_or_replaced(row: InstalledCommand, list_name: str) -> None:
    plan = plan_pane(REQUIRED, replace(COMPLETE, commands={"x_form": row}))
    expected: dict[str, Any] = {list_name: ((row, COMMAND),)}
    assert plan == PanePlan(**expected)


def test_a_managed_command_is_a_conflict() -> None:
    row = replace(COMMAND_ROW, managed=True, enabled=False)
    assert plan_pane(REQUIRED, replace(COMPLETE, commands={"x_form": row})) == PanePlan(conflicts=("x_form",))


def test_rows_of_other_versions_are_removed() -> None:
    old = replace(
        COMPLETE,
        resources={**COMPLETE.resources, "x_/old.js": RESOURCE_ROW},
        commands={**COMPLETE.commands, "x_old": COMMAND_ROW},
    )
    remove = InstalledPane(resources={"x_/old.js": RESOURCE_ROW}, commands={"x_old": COMMAND_ROW})
    assert plan_pane(REQUIRED, old) == PanePlan(remove=remove)
