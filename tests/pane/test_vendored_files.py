"""The library of Teams that the pane serves is the one of its package, and has its licenses."""

from pathlib import Path

import pytest

from tests.e2e.tools import node_modules
from tests.tiers import missing

VENDORED = Path(__file__).parents[2] / "bot/pane/static/vendor"


def test_the_license_of_the_library_of_teams_covers_what_it_contains() -> None:
    license_text = (VENDORED / "MicrosoftTeams.LICENSE").read_text(encoding="utf-8")
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
