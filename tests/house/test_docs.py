"""The documentation lists exactly what the code offers."""

import argparse
import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.arguments import parser
from bot.config.settings import Settings
from bot.dataverse.application_user import MIRROR_PRIVILEGES, SYNC_PRIVILEGES
from bot.dataverse.notes_and_tasks import NOTE_AND_TASK_PRIVILEGES
from bot.dataverse.pane_installer import PANE_PRIVILEGES
from bot.dataverse.webhook_steps import REQUIRED_PRIVILEGES
from bot.domain.extension_names import ACTIONS, SEARCH_TITLE
from bot.domain.public_names import CHAT_PERMISSIONS, USAGE, Command
from bot.features.settings.labels import LABELS
from bot.graph import app_installation as installing
from bot.graph import chats, people, subscriptions
from bot.graph.client import GraphPermission
from bot.store.tables import metadata
from bot.wiring.application import MESSAGES_PATH
from bot.wiring.diagnostics.environments import ACT_FOR_OTHERS
from bot.wiring.graph_notifications import NOTIFICATIONS_PATH
from bot.wiring.system_addresses import EVENTS_PATH
from tests.monitoring.registry import registered_metrics

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
USERS = (ROOT / "docs/users.md").read_text(encoding="utf-8")
OPERATORS = (ROOT / "docs/operators.md").read_text(encoding="utf-8")
ADMINISTRATORS = (ROOT / "docs/administrators.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

FOR_COMMANDS = pytest.mark.parametrize("page", [README, USERS], ids=["README.md", "docs/users.md"])


@FOR_COMMANDS
def test_every_text_command_has_a_usage_and_is_documented(page: str) -> None:
    assert set(USAGE) == set(Command)
    assert set(re.findall(r"^\| `(\w+)`", page, flags=re.MULTILINE)) == set(Command)


@FOR_COMMANDS
def test_the_commands_of_the_compose_box_are_documented_and_no_others(page: str) -> None:
    documented_titles = re.findall(r"^\| \*(.+?)\* \|", page, flags=re.MULTILINE)
    assert sorted(documented_titles) == sorted({SEARCH_TITLE, *(action.title for action in ACTIONS.values())})


def operator_commands(parsed: argparse.ArgumentParser, before: str) -> Iterator[str]:
    """Yield every command of the terminal, without its options."""
    subparsers = [each for each in parsed._actions if isinstance(each, argparse._SubParsersAction)]
    if not subparsers or not subparsers[0].required:
        yield before
    for name, inner in (subparsers[0].choices if subparsers else {}).items():
        yield from operator_commands(inner, f"{before} {name}")


def test_every_command_of_the_terminal_is_documented() -> None:
    commands = list(operator_commands(parser(), "python app.py"))
    assert "python app.py dataverse connect" in commands
    for command in commands[1:]:
        assert f"`{command}`" in OPERATORS


def test_the_set_up_page_names_every_privilege_and_only_existing_settings_and_commands() -> None:
    page = (ROOT / "docs/set-up.md").read_text(encoding="utf-8")
    needed = (*REQUIRED_PRIVILEGES, *SYNC_PRIVILEGES, *MIRROR_PRIVILEGES, *NOTE_AND_TASK_PRIVILEGES, ACT_FOR_OTHERS)
    assert {name for name in needed if f"`{name}`" not in page} == set()
    blocks = "".join(re.findall(r"```shell\n(.*?)```", page, flags=re.DOTALL))
    known = {str(field.validation_alias) for field in Settings.model_fields.values()}
    assert set(re.findall(r"^([A-Za-z_]+)=", blocks, flags=re.MULTILINE)) <= known
    lines = re.findall(r"^uv run --no-dev app\.py ?(.*)$", blocks, flags=re.MULTILINE)
    assert len(lines) == 4
    for line in lines:
        assert parser().parse_args(line.split()) is not None


def test_the_page_about_the_pane_names_every_privilege_and_only_existing_commands() -> None:
    page = (ROOT / "docs/pane.md").read_text(encoding="utf-8")
    assert {name for name in PANE_PRIVILEGES if f"`{name}`" not in page} == set()
    lines = re.findall(r"^uv run --no-dev app\.py (.*)$", page, flags=re.MULTILINE)
    assert [parser().parse_args(line.split()).pane_act for line in lines] == ["install", "install"]


def anchors(page: Path) -> set[str]:
    """Return the anchors of the page's headings, as GitHub builds them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_between_pages_leads_to_a_page_and_a_heading(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)", page.read_text(encoding="utf-8"))
    for file, anchor in links:
        target = page.parent / file if file else page
        assert target.exists(), f"{page.name} links to {file}"
        assert not anchor or anchor in anchors(target), f"{page.name} links to {file}#{anchor}"


def test_readme_links_to_every_page() -> None:
    assert {page.name for page in PAGES[1:]} == set(re.findall(r"\(docs/([\w-]+\.md)\)", README))


def test_every_requested_graph_permission_is_documented() -> None:
    found = [each for module in (chats, installing, people, subscriptions) for each in vars(module).values()]
    rights = {
        each.name
        for each in (*found, *subscriptions.PERMISSIONS_BY_SCOPE.values())
        if isinstance(each, GraphPermission)
    }
    assert "Chat.ReadBasic.WhereInstalled" in rights
    assert {name for name in (*rights, *CHAT_PERMISSIONS) if f"`{name}`" not in ADMINISTRATORS} == set()


def constants(tree: ast.Module) -> dict[str, str]:
    """Return the strings that the module assigns to names."""
    found: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            found |= {target.id: node.value.value for target in node.targets if isinstance(target, ast.Name)}
    return found


def event_arguments(call: ast.Call) -> list[ast.expr]:
    """Return the arguments of the call that name a log event."""
    # Periodic jobs and attempts get the event of a failure as an argument.
    names = [each.value for each in call.keywords if each.arg in {"failed", "event"}]
    if isinstance(call.func, ast.Attribute) and call.func.attr in {"debug", "info", "warning", "error", "exception"}:
        names += call.args[:1]
    return names


def log_events() -> Iterator[str]:
    """Yield the names of all events that the product logs."""
    for file in (ROOT / "bot").rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        known = constants(tree)
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            for name in event_arguments(call):
                if isinstance(name, ast.Constant):
                    yield str(name.value)
                elif isinstance(name, ast.Name) and name.id in known:
                    yield known[name.id]


def test_every_log_event_is_named_area_and_event() -> None:
    events = set(log_events())
    assert len(events) > 30
    assert {event for event in events if not re.fullmatch(r"[a-z_]+\.[a-z_]+", event)} == set()


def test_every_log_event_is_documented_and_no_others() -> None:
    chapter = OPERATORS.partition("\n## Logs\n")[2]
    documented_events = set(re.findall(r"^\| `(\w+\.\w+)` \|", chapter, flags=re.MULTILINE))
    logged = {event for event in log_events() if not event.startswith("sandbox.")}
    assert documented_events == logged


async def test_every_metric_is_documented_and_no_others() -> None:
    documented_metrics = dict(re.findall(r"^\| `(chatsync_\w+)` \| (\w+) \|", OPERATORS, flags=re.MULTILINE))
    assert documented_metrics == {each.name: each.kind for each in (await registered_metrics()).values()}


def test_every_table_of_the_store_is_documented() -> None:
    for table in metadata.tables:
        assert f"`{table}`" in ARCHITECTURE


@pytest.mark.parametrize("name", ["architecture.md", "contributing.md"])
def test_every_module_in_the_docs_exists(name: str) -> None:
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    paths = set(re.findall(r"`((?:\w+/)+(?:\w+\.py)?|(?:\w+/)*\w+\.py)`", text))
    assert len(paths) > 10
    # Every feature can have these modules.
    paths -= {"buttons.py", "commands.py", "dialog.py", "feature.py"}
    assert {path for path in paths if not any((top / path).exists() for top in (ROOT, ROOT / "bot"))} == set()


def walks() -> dict[str, tuple[set[str], set[str]]]:
    """Return the modules that decide and all modules of each walk through the code, by the title of the walk."""
    chapter = ARCHITECTURE.partition("\n## Walks\n")[2].partition("\n## ")[0]
    found = {}
    for section in chapter.split("\n### ")[1:]:
        rows = re.findall(r"^\| \d\w?\. .+? \| (.*?) ?\| (.*?) ?\|$", section, flags=re.MULTILINE)
        decide, passing = (set(re.findall(r"`([\w/]+\.py)`", " ".join(column))) for column in zip(*rows, strict=True))
        found[section.partition("\n")[0]] = decide, decide | passing
    return found


def test_each_walk_is_short() -> None:
    assert len(walks()) == 5
    for title, (decide, opened) in walks().items():
        assert 0 < len(decide) <= 10, title
        assert len(decide) < len(opened) <= 18, title


@pytest.mark.parametrize("label", LABELS.values())
def test_every_setting_of_administrators_is_documented(label: str) -> None:
    assert label in ADMINISTRATORS


def test_readmes_first_two_commands_run_the_bot_and_the_tests() -> None:
    commands = [
        line for block in re.findall(r"```\w*\n(.*?)```", README, flags=re.DOTALL) for line in block.splitlines()
    ]
    assert commands[:2] == ["pip install uv && uv run --no-dev app.py", "uv run pytest"]


def test_the_top_level_contains_only_known_files() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    top = {line.partition("/")[0] for line in listed.splitlines()}
    allowed = {"app.py", "bot", "cards", "docs", "LICENSE", "manifest", "pyproject.toml", "README.md", "tests"}
    assert {name for name in top - allowed if not name.startswith(".")} == set()


def promises() -> dict[str, list[str]]:
    """Return the tests that prove each promise of `docs/security.md`."""
    chapter = (ROOT / "docs/security.md").read_text(encoding="utf-8").partition("\n## Promises\n")[2]
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", chapter.partition("\n## ")[0], flags=re.MULTILINE)
    return {
        promise: re.findall(r"`(tests/[\w/]+\.py::test_\w+)`", proof)
        for promise, proof in rows
        if promise not in {"Promise", "---"}
    }


def defined_tests(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize("promise", promises())
def test_each_promise_about_security_names_tests_that_exist(promise: str) -> None:
    proofs = promises()[promise]
    assert proofs
    for proof in proofs:
        file, _, test = proof.partition("::")
        assert test in defined_tests(ROOT / file), proof


def test_security_has_every_chapter_that_a_reviewer_looks_for() -> None:
    page = (ROOT / "docs/security.md").read_text(encoding="utf-8")
    chapters = re.findall(r"^## (.+)$", page, flags=re.MULTILINE)
    assert {"Report a vulnerability", "Assets", "Doors", "Trust", "Promises", "Limits"} <= set(chapters)
    assert len(promises()) > 20
    for route in (MESSAGES_PATH, EVENTS_PATH, NOTIFICATIONS_PATH, "/healthz", "/readyz", "/metrics"):
        assert route in page
