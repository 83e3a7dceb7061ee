"""The pictures of the documentation are those that a script draws, small, and described in words."""

import re
from pathlib import Path

from tests.pane.screenshots import FOLDER, PICTURES

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
MOST_BYTES = 150_000


def test_the_documentation_shows_each_picture_that_the_script_draws_and_no_others() -> None:
    shown = [
        (page.parent / path, words)
        for page in PAGES
        for words, path in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
    ]
    assert {path.name for path, _ in shown} == set(PICTURES) == {each.name for each in FOLDER.iterdir()}
    assert all(path.parent == FOLDER for path, _ in shown)
    assert all(words.endswith(".") for _, words in shown)


def test_each_picture_is_small() -> None:
    assert {each.name for each in FOLDER.iterdir() if each.stat().st_size > MOST_BYTES} == set()
