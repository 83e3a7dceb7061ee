"""Microsoft's types of the client API and rules of the solution checker accept the web resources."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.e2e.tools import HERE, node_modules
from tests.tiers import missing

ROOT = Path(__file__).parents[2]
LAUNCHER = HERE / "launcher"
FILES = ROOT / "manifest/pane/files"


def run(package: str, script: str, *arguments: str) -> str:
    """Run a tool of the Node.js packages in the repository; return what it prints."""
    tool = node_modules() / package / script
    if not tool.is_file():
        missing(f"npm package {package} of tests/e2e")
    ended = subprocess.run(
        ["node", str(tool), *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    return f"{ended.stdout}{ended.stderr}"


def test_the_types_of_the_client_api_accept_the_scripts() -> None:
    assert run("typescript", "bin/tsc", "-p", str(LAUNCHER)) == ""


def test_the_rules_of_the_solution_checker_accept_the_scripts() -> None:
    config = str(LAUNCHER / "eslint.config.mjs")
    assert run("eslint", "bin/eslint.js", "-c", config, *map(str, sorted(FILES.glob("*.js")))) == ""


def test_the_rules_need_one_exception() -> None:
    """A directive without a finding is an error, so the rules are in force."""
    directives = [line for file in FILES.glob("*.js") for line in re.findall("eslint-.*", file.read_text("utf-8"))]
    assert directives == ["eslint-disable-next-line @microsoft/power-apps/avoid-window-top"]


@pytest.mark.parametrize("name", ["launcher.js", "pane.js", "pane.html", "pane.css"])
def test_the_files_load_nothing_from_other_hosts(name: str) -> None:
    assert not re.search(r"https?://", (FILES / name).read_text(encoding="utf-8"))
