"""The version has one number everywhere, and the changelog has a section for it."""

import json
import re
import tomllib
import zipfile
from pathlib import Path

import pytest

from bot.cli.arguments import parser
from bot.version import VERSION
from manifest.__main__ import main

ROOT = Path(__file__).parents[2]
CHANGELOG = (ROOT / "docs/changelog.md").read_text(encoding="utf-8")


def test_the_project_has_the_version_of_the_code() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == VERSION


def test_the_version_has_three_numbers_and_a_section_of_the_changelog() -> None:
    assert re.fullmatch(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}", VERSION)
    titles = re.findall(r"^## (\S+)", CHANGELOG, flags=re.MULTILINE)
    assert titles[:2] == ["Unreleased", VERSION]


def test_the_terminal_prints_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"Chat Sync {VERSION}\n"


def test_the_app_package_has_the_version_unless_another_one_is_chosen(tmp_path: Path) -> None:
    file = tmp_path / "package.zip"
    app_id = "aaaaaaaa-0000-4000-8000-000000000001"
    assert main(["--app-id", app_id, "--domain", "bot.contoso.example.com", "-o", str(file)]) == 0
    with zipfile.ZipFile(file) as package:
        assert json.loads(package.read("manifest.json"))["version"] == VERSION
