"""Differences between the tables of a database and those of this version."""

import pytest

from bot.cli.database import report_schema, report_upgrade
from bot.domain.database_schema import Schema, SchemaState


def schema(found: str | None) -> Schema:
    return Schema(found=found, first="0013", newest="0027")


@pytest.mark.parametrize(
    ("found", "state", "is_usable", "code", "advice"),
    [
        (None, SchemaState.EMPTY, False, 1, "app.py database upgrade"),
        ("0012", SchemaState.UNKNOWN, False, 2, "another database"),
        ("0013", SchemaState.OLDER, False, 1, "app.py database upgrade"),
        ("0026", SchemaState.OLDER, False, 1, "app.py database upgrade"),
        ("0027", SchemaState.CURRENT, True, 0, "up to date"),
        ("0028", SchemaState.NEWER, True, 3, "still works with it. Start the newer version."),
        ("0999", SchemaState.NEWER, True, 3, "still works with it. Start the newer version."),
        ("1000", SchemaState.TOO_NEW, False, 3, "cannot work with it. Start the newer version."),
    ],
)
def test_each_state_has_its_code_and_its_next_step(
    found: str | None, state: SchemaState, is_usable: bool, code: int, advice: str
) -> None:
    said: list[str] = []
    assert (schema(found).state, schema(found).is_usable) == (state, is_usable)
    assert report_schema(schema(found), said.append) == code
    assert advice in said[-1]


def test_an_upgrade_says_what_it_did_or_that_there_was_nothing_to_do() -> None:
    said: list[str] = []
    for found, code in ((None, 0), ("0026", 0), ("0027", 0), ("0028", 3)):
        assert report_upgrade(schema(found), said.append) == code
    assert said[:2] == [
        "The database was upgraded from no tables to revision 0027.\n",
        "The database was upgraded from revision 0026 to revision 0027.\n",
    ]
    assert said[3] == "It is up to date.\n"
