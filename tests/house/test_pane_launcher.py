"""Microsoft's types of the client API and rules of the solution checker accept the web resources."""

import re
from pathlib import Path

import pytest

from tests.e2e.tools import HERE, ROOT, run_package

LAUNCHER = HERE / "launcher"
FILES = ROOT / "manifest/pane/files"


def test_the_types_of_the_client_api_accept_the_scripts() -> None:
    assert run_package("typescript", "bin/tsc", "-p", str(LAUNCHER)) == ""


def test_the_rules_of_the_solution_checker_accept_the_scripts() -> None:
    config = str(LAUNCHER / "eslint.config.mjs")
    assert run_package("eslint", "bin/eslint.js", "-c", config, *map(str, sorted(FILES.glob("*.js")))) == ""


def test_the_rules_are_in_force_and_need_no_exception(tmp_path: Path) -> None:
    assert not [file.name for file in FILES.glob("*.js") if "eslint-" in file.read_text(encoding="utf-8")]
    folder = tmp_path / "manifest/pane/files"
    folder.mkdir(parents=True)
    (folder / "bad.js").write_text("window.top.Xrm.Page.getAttribute();", encoding="utf-8")
    config = str(LAUNCHER / "eslint.config.mjs")
    assert "avoid-window-top" in run_package(
        "eslint", "bin/eslint.js", "-c", config, str(folder / "bad.js"), where=tmp_path
    )


@pytest.mark.parametrize("name", ["launcher.js", "pane.js", "pane.html", "pane.css"])
def test_the_files_load_nothing_from_other_hosts(name: str) -> None:
    assert not re.search(r"https?://", (FILES / name).read_text(encoding="utf-8"))
