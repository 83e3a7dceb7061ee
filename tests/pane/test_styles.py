"""The style sheets of the pane: each variable that they use is defined, and no side is named (spec P10)."""

import re
from collections.abc import Iterator
from pathlib import Path

import bot.pane

FOLDER = Path(bot.pane.__file__).parent / "static"
SHEETS = {path.relative_to(FOLDER).as_posix(): path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.css")}
ALL = "\n".join(SHEETS.values())


def test_each_variable_is_defined() -> None:
    used = set(re.findall(r"var\((--[\w-]+)", ALL))
    assert used - set(re.findall(r"(--[\w-]+):", ALL)) == set()


def test_no_rule_names_the_left_or_right_side() -> None:
    """Keep the page readable from right to left: `inline-start` and `inline-end` follow its direction."""
    found = [(name, each) for name, text in SHEETS.items() for each in sides(text)]
    assert found == []


def sides(text: str) -> Iterator[str]:
    """Return declarations that name a side, also by four values of which the second and fourth differ."""
    for name, value in re.findall(r"([\w-]+):\s*([^;{}]+)[;}]", text):
        values = value.removesuffix("!important").split()
        is_uneven = name in {"padding", "margin", "inset"} and len(values) == 4 and values[1] != values[3]
        if is_uneven or re.search(r"\b(left|right)\b", f"{name} {value}"):
            yield f"{name}: {value}"


def test_sides_are_found() -> None:
    assert list(sides("a { margin-left: 1px; color: red; padding: 0 1px 0 2px; margin: 0 1px 2px 1px }")) == [
        "margin-left: 1px",
        "padding: 0 1px 0 2px",
    ]
