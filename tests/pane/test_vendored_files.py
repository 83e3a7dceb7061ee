"""The files of others that the pane serves are unchanged, and have their licenses."""

from hashlib import sha256
from pathlib import Path

import pytest

from tests.e2e.tools import node_modules
from tests.tiers import missing

VENDORED = Path(__file__).parents[2] / "bot/pane/static/vendor"
SCRIPTS = {"MicrosoftTeams.min.js": "1737ae2e319c8ab56d71d2218fd5a49d96a8ad70eb01ff2e9ab7e35093b93379"}
"""SHA-256 of the file in the package @microsoft/teams-js 2.58.0."""


def test_the_files_are_unchanged_and_have_licenses() -> None:
    assert {each.name: sha256(each.read_bytes()).hexdigest() for each in VENDORED.glob("*.js")} == SCRIPTS
    for name in SCRIPTS:
        license_text = (VENDORED / name.replace(".min.js", ".LICENSE")).read_text(encoding="utf-8")
        for work in ("Microsoft Corporation", "debug", "ms 2", "base64-js", "uuid"):
            assert work in license_text
        assert license_text.count("without restriction") == 5


@pytest.mark.e2e
def test_the_library_of_teams_is_the_file_of_its_package() -> None:
    package = node_modules() / "@microsoft/teams-js"
    if not package.is_dir():
        missing("@microsoft/teams-js (npm install --prefix tests/e2e)")
    assert (package / "dist/umd/MicrosoftTeams.min.js").read_bytes() == (
        VENDORED / "MicrosoftTeams.min.js"
    ).read_bytes()
    original = " ".join((package / "LICENSE").read_text(encoding="utf-8").split())
    assert " ".join((VENDORED / "MicrosoftTeams.LICENSE").read_text(encoding="utf-8").split()).startswith(original)
