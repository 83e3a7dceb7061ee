"""Actions on cards, and the values that their inputs accept (spec Q3)."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.domain.errors import BadRequest
from bot.domain.record_actions import (
    CardAction,
    action_problem,
    allowed_columns,
    change_fields_problem,
    change_problem,
    changeable_columns,
    columns_that_fit,
    digest,
    fits_input,
    max_text_length,
    options_in_state,
    parse_value,
    possible_actions,
    resolutions,
    too_long_columns,
    truncate_for_input,
)
from bot.domain.tables import Column, ColumnType, DateBehavior, Raw, Table

PRIORITY = Column(name="prioritycode", label="Priority", type=ColumnType.PICKLIST, options={1: "High", 2: "Normal"})
STATUS = Column(
    name="statuscode",
    label="Status Reason",
    type=ColumnType.STATUS,
    options={1: "In Progress", 2: "On Hold", 5: "Problem Solved", 6: "Cancelled"},
    states={1: 0, 2: 0, 5: 1, 6: 2},
)
ESCALATED = Column(name="isescalated", label="Escalated", type=ColumnType.BOOLEAN)
FOLLOW_UP = Column(
    name="followupby", label="Follow up", type=ColumnType.DATE_TIME, date_only=True, behavior=DateBehavior.DATE_ONLY
)
TITLE = Column(name="title", label="Title", type=ColumnType.STRING, max_length=20, required=True)
TEXT = Column(name="description", label="Description", type=ColumnType.MEMO, max_length=2_000)
OWNER = Column(name="ownerid", label="Owner", type=ColumnType.OWNER)


def table(*columns: Column, name: str = "incident", has_notes: bool = True) -> Table:
    return Table(
        name=name,
        label="Case",
        set_name="incidents",
        primary_id="incidentid",
        primary_name="title",
        columns={each.name: each for each in columns},
        has_notes=has_notes,
    )


@pytest.mark.parametrize(
    ("where", "acts"),
    [
        (table(OWNER), (CardAction.ASSIGN, CardAction.NOTE, CardAction.RESOLVE)),
        (table(), (CardAction.NOTE, CardAction.RESOLVE)),
        (table(OWNER, name="account"), (CardAction.ASSIGN, CardAction.NOTE)),
        (table(OWNER, name="account", has_notes=False), (CardAction.ASSIGN,)),
        (table(name="cs_stock", has_notes=False), ()),
    ],
)
def test_possible_actions_depend_on_the_table(where: Table, acts: tuple[CardAction, ...]) -> None:
    assert possible_actions(where) == acts
    others = [act for act in CardAction if act not in acts]
    assert [act for act in others if action_problem(act, where)] == others


def column(kind: ColumnType) -> Column:
    return Column(name="x", label="X", type=kind)


CHANGEABLE = {ColumnType.PICKLIST, ColumnType.STATUS, ColumnType.BOOLEAN, ColumnType.STRING, ColumnType.MEMO}


@pytest.mark.parametrize("kind", ColumnType)
def test_only_choices_switches_dates_and_plain_text_can_be_changed(kind: ColumnType) -> None:
    assert (change_problem(column(kind)) is None) == (kind in CHANGEABLE)
    assert change_problem(replace(column(kind), updatable=False)) == "This column is read-only."


def test_a_date_can_be_changed_but_not_a_time_or_rich_text() -> None:
    assert change_problem(FOLLOW_UP) is None
    assert change_problem(replace(column(ColumnType.DATE_TIME), date_only=True)) is not None
    assert change_problem(replace(column(ColumnType.MEMO), rich_text=True)) is not None


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        ([], None),
        (["prioritycode", "title"], None),
        (["prioritycode", "prioritycode"], "A column is listed twice."),
        (["nothing"], "The table has no column named nothing. Choose another column."),
        (["ownerid"], "Owner (ownerid): A card can change only choices, yes/no values, dates, and plain text."),
        (list("abcdef"), "You chose 6 columns. A card can change at most 5."),
    ],
)
def test_unsupported_fields_are_refused_with_the_reason(names: list[str], reason: str | None) -> None:
    assert change_fields_problem(names, table(PRIORITY, TITLE, OWNER)) == reason


def test_only_configured_columns_that_still_exist_count() -> None:
    where = table(PRIORITY, OWNER, TITLE)
    assert allowed_columns(["gone", "ownerid", "title", "prioritycode"], where) == (TITLE, PRIORITY)
    assert changeable_columns(where) == (PRIORITY, TITLE)


def test_a_status_offers_the_reasons_of_the_current_state() -> None:
    assert options_in_state(STATUS, 2) == {1: "In Progress", 2: "On Hold"}
    assert options_in_state(STATUS, 6) == {6: "Cancelled"}
    assert options_in_state(STATUS, None) == {}
    assert resolutions(table(STATUS)) == {5: "Problem Solved"}
    assert resolutions(table()) == {}


def test_an_input_holds_only_values_that_fit() -> None:
    assert fits_input(PRIORITY, None)
    assert not fits_input(STATUS, None)
    assert fits_input(TITLE, "x" * 20)
    assert not fits_input(TEXT, "x" * 2_001)
    assert max_text_length(TITLE) == 20


LONG = {number: f"Country number {number}" for number in range(500)}


def test_the_longest_list_fits_on_a_card() -> None:
    long = replace(PRIORITY, options=LONG)
    assert change_problem(long) == "This column has too many choices for a card."
    assert too_long_columns(table(PRIORITY, long)) == (long,)
    status = replace(STATUS, options=LONG, states={number: number % 2 for number in LONG})
    assert change_problem(status) is None
    assert action_problem(CardAction.RESOLVE, table(replace(status, name="statuscode"))) is None
    assert action_problem(CardAction.RESOLVE, table(replace(STATUS, options=LONG, states=dict.fromkeys(LONG, 1))))


def test_only_columns_that_fit_together_are_offered() -> None:
    half = {number: LONG[number] for number in range(250)}
    columns = [replace(PRIORITY, name=name, label=name.upper(), options=half) for name in ("a", "b")]
    assert columns_that_fit([*columns, TITLE], {}) == (columns[0], TITLE)
    assert columns_that_fit([TITLE, TEXT], {"title": "x" * 21, "description": "a\x01"}) == ()
    problem = change_fields_problem(["a", "b", "title"], table(*columns, TITLE))
    assert problem == "These columns do not fit on one card. Remove B or other columns."


def test_truncated_text_fits_the_input() -> None:
    assert truncate_for_input(TITLE, "a\x01b\nc" * 10) == ("ab\nc" * 10)[:20]


@pytest.mark.parametrize(
    ("of", "text", "now", "read"),
    [
        (PRIORITY, "1", 2, 1),
        (PRIORITY, "", 2, 2),
        (STATUS, "2", 1, 2),
        (ESCALATED, "true", False, True),
        (ESCALATED, "false", None, False),
        (ESCALATED, "", None, None),
        (FOLLOW_UP, "2026-12-24", None, "2026-12-24"),
        (FOLLOW_UP, "", "2026-12-24", None),
        (TITLE, "  Pump \n leaks ", "x", "Pump leaks"),
        (TEXT, " a\nb ", "x", "a\nb"),
        (TEXT, "  ", "x", None),
    ],
)
def test_an_input_becomes_a_value(of: Column, text: str, now: Raw, read: Raw) -> None:
    assert parse_value(of, text, now) == read


@pytest.mark.parametrize(
    ("of", "text"),
    [
        (PRIORITY, "3"),
        (PRIORITY, "High"),
        (STATUS, "5"),
        (ESCALATED, "True"),
        (FOLLOW_UP, "24.12.2026"),
        (FOLLOW_UP, "20261224"),
        (FOLLOW_UP, "1752-12-31"),
        (TITLE, "x" * 21),
        (TITLE, " "),
        (TEXT, "a\x00b"),
    ],
)
def test_an_unsupported_value_is_refused_with_the_column_label(of: Column, text: str) -> None:
    with pytest.raises(BadRequest, match=of.label):
        parse_value(of, text, 1)


@given(some.sampled_from([PRIORITY, STATUS, ESCALATED, FOLLOW_UP, TITLE, TEXT]), some.text(max_size=40))
def test_any_input_is_parsed_or_refused(of: Column, text: str) -> None:
    try:
        read = parse_value(of, text, 1)
    except BadRequest:
        return
    match of.type:
        case ColumnType.PICKLIST | ColumnType.STATUS:
            assert read in of.options
        case ColumnType.BOOLEAN:
            assert read in {True, False}
        case ColumnType.DATE_TIME:
            assert read is None or date.fromisoformat(str(read)).year >= 1753
        case _:
            assert read is None or 0 < len(str(read)) <= max_text_length(of)


@given(some.text(), some.text())
def test_digests_differ_except_for_line_endings(one: str, other: str) -> None:
    plain = one.replace("\r\n", "\n").strip(), other.replace("\r\n", "\n").strip()
    assert (digest(one) == digest(other)) == (plain[0] == plain[1])
    assert digest(one.replace("\n", "\r\n").replace("\r\r\n", "\r\n")) == digest(one) or "\r" in one
