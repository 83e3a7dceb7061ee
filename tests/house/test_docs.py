"""What the documentation lists is what there is, and nothing else."""

import argparse
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.cli.arguments import parser
from bot.clock import SystemClock
from bot.config import Settings
from bot.dataverse.application_user import MIRROR_NEEDED, SYNC_NEEDED
from bot.dataverse.notes_and_tasks import NEEDED_TO_ATTACH
from bot.dataverse.webhook_steps import NEEDED
from bot.domain.public_names import ACTIONS, CHAT_PERMISSIONS, SEARCH_TITLE, USAGE, Command
from bot.graph import app_installation as installing
from bot.graph import chats, people, subscriptions
from bot.graph.client import Right
from bot.store.tables import metadata
from bot.wiring.diagnostics import ACT_FOR_OTHERS
from bot.wiring.services import close, make_foundation

ROOT = Path(__file__).parents[2]
SETTINGS = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def variables() -> dict[str, object]:
    """The environment variables that the settings read, with their defaults."""
    return {str(field.validation_alias): field.default for field in Settings.model_fields.values()}


def documented() -> dict[str, str]:
    """The variables in the tables of `docs/settings.md`, with what the column "Default" says."""
    rows = re.findall(r"^\| `([A-Za-z_]+)` \| (.+?) \| .+ \|$", SETTINGS, flags=re.MULTILINE)
    return dict(rows)


def test_every_setting_is_documented_and_nothing_else_is() -> None:
    assert set(documented()) == set(variables())


@pytest.mark.parametrize("variable", variables())
def test_the_documented_default_is_the_real_one(variable: str) -> None:
    default, told = variables()[variable], documented()[variable]
    plain = re.fullmatch(r"`(.+)`", told)
    if plain:
        shown = f"{default:g}" if isinstance(default, float) else str(default)
        assert plain.group(1) == shown
    else:
        assert default in {None, "", ()} or "'s" in told or "own hosts" in told


def test_every_command_has_its_usage_and_readme_names_it() -> None:
    assert set(USAGE) == set(Command)
    for command in Command:
        assert f"`{command}" in README


def test_readme_names_what_the_compose_box_offers_and_nothing_else() -> None:
    (table,) = re.findall(r"In the compose box and in the menu of a message:\n\n((?:\|.*\n)+)", README)
    told = re.findall(r"^\| \*(.+?)\* \|", table, flags=re.MULTILINE)
    assert set(told) == {SEARCH_TITLE, *(action.title for action in ACTIONS.values())}


def operator_commands(parsed: argparse.ArgumentParser, before: str) -> Iterator[str]:
    """Everything that can be written at a terminal, without its options."""
    subparsers = [each for each in parsed._actions if isinstance(each, argparse._SubParsersAction)]
    if not subparsers or not subparsers[0].required:
        yield before
    for name, inner in (subparsers[0].choices if subparsers else {}).items():
        yield from operator_commands(inner, f"{before} {name}")


def test_every_command_of_operators_is_documented() -> None:
    operations = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    commands = list(operator_commands(parser(), "python app.py"))
    assert "python app.py dataverse connect" in commands
    for command in commands[1:]:
        assert f"`{command}`" in operations


def test_the_page_about_setting_up_names_every_privilege_and_only_settings_and_pages_that_there_are() -> None:
    page = (ROOT / "docs/set-up.md").read_text(encoding="utf-8")
    needed = (*NEEDED, *SYNC_NEEDED, *MIRROR_NEEDED, *NEEDED_TO_ATTACH, ACT_FOR_OTHERS)
    assert {name for name in needed if f"`{name}`" not in page} == set()
    blocks = "".join(re.findall(r"```shell\n(.*?)```", page, flags=re.DOTALL))
    assert set(re.findall(r"^([A-Za-z_]+)=", blocks, flags=re.MULTILINE)) <= set(variables())
    for line in re.findall(r"^uv run app\.py ?(.*)$", blocks, flags=re.MULTILINE):
        assert parser().parse_args(line.split()) is not None
    for link in re.findall(r"\]\(([^)]+)\)", page):
        assert (ROOT / "docs" / link).exists()
    assert "docs/set-up.md" in README


def test_every_permission_of_graph_that_is_asked_for_is_explained() -> None:
    page = (ROOT / "docs/administration.md").read_text(encoding="utf-8")
    found = [each for module in (chats, installing, people, subscriptions) for each in vars(module).values()]
    rights = {each.permission for each in (*found, *subscriptions.RIGHTS.values()) if isinstance(each, Right)}
    assert "Chat.ReadBasic.WhereInstalled" in rights
    assert {name for name in (*rights, *CHAT_PERMISSIONS) if f"`{name}`" not in page} == set()


async def test_every_metric_is_documented_and_nothing_else_is() -> None:
    operations = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `(chatsync_\w+)` \| (\w+) \|", operations, flags=re.MULTILINE))
    app_id, tenant = "aaaaaaaa-0000-4000-8000-000000000001", "bbbbbbbb-0000-4000-8000-000000000002"
    # With an app id, for some are counted of signed-in requests alone.
    settings = Settings(app_id=app_id, app_password=SecretStr("let-me-in"), allowed_tenants=(tenant,))
    base = await make_foundation(settings, SystemClock())
    shown = dict(re.findall(r"^# TYPE (\w+) (\w+)$", base.metrics.text().decode(), flags=re.MULTILINE))
    await close(base)
    assert told == {name: kind for name, kind in shown.items() if not name.endswith("_created")}


def test_every_table_of_the_store_is_explained() -> None:
    architecture = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    for table in metadata.tables:
        assert f"`{table}`" in architecture


def test_readmes_first_two_commands_run_the_bot_and_the_tests() -> None:
    commands = [
        line for block in re.findall(r"```\w*\n(.*?)```", README, flags=re.DOTALL) for line in block.splitlines()
    ]
    assert commands[:2] == ["pip install uv && uv run app.py", "uv run pytest"]


def test_nothing_stands_at_the_top_but_what_belongs_there() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    top = {line.partition("/")[0] for line in listed.splitlines()}
    allowed = {"app.py", "bot", "cards", "docs", "LICENSE", "manifest", "pyproject.toml", "README.md", "tests"}
    assert {name for name in top - allowed if not name.startswith(".")} == set()
