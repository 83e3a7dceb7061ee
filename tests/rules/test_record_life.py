"""Lifecycle changes of a record (spec K12)."""

from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.key_fields import ColumnChange, RecordEvent
from bot.domain.record_lifecycle import MASTER, MERGED, lifecycle_of, merge_target
from bot.domain.tables import OWNER, STATE, Column, ColumnType, ColumnValue, Raw, Row, Table
from tests.steps.key_field_rules import CASE, NOON, UNKNOWN, event

OPEN, RESOLVED, CANCELED = 0, 1, 2
ADELE, TIER = "systemuser:a", "team:t"


def told(*values: tuple[str, object, Raw]) -> list[RecordEvent]:
    """Return events, each with a column and its old and new value."""
    return [event(new, old, s=second, column=column) for second, (column, old, new) in enumerate(values)]


@pytest.mark.parametrize(
    ("changes", "closed"),
    [
        ([(OPEN, RESOLVED)], RESOLVED),
        ([(OPEN, CANCELED)], CANCELED),
        ([(UNKNOWN, RESOLVED)], RESOLVED),
        ([(OPEN, RESOLVED), (RESOLVED, OPEN)], None),
        ([(RESOLVED, OPEN), (OPEN, RESOLVED)], None),
        ([(RESOLVED, CANCELED)], None),
        ([(RESOLVED, OPEN)], None),
        ([(OPEN, None)], None),
        ([], None),
    ],
)
def test_a_record_is_closed_only_if_it_was_open_before(changes: list[tuple[object, Raw]], closed: int | None) -> None:
    assert lifecycle_of("incident", told(*((STATE, old, new) for old, new in changes))).closed_state == closed


@pytest.mark.parametrize(
    ("table", "state", "is_closed"),
    [
        ("account", 1, True),
        ("knowledgearticle", 3, False),
        ("knowledgearticle", 5, True),
        ("quote", 1, False),
        ("quote", 3, True),
        ("appointment", 3, False),
    ],
)
def test_each_table_has_its_own_closed_states(table: str, state: int, is_closed: bool) -> None:
    assert (lifecycle_of(table, told((STATE, OPEN, state))).closed_state == state) is is_closed


@pytest.mark.parametrize(
    ("old", "new", "owner"),
    [
        (TIER, ADELE, "a"),
        ("systemuser:b", ADELE, "a"),
        (UNKNOWN, ADELE, "a"),
        (ADELE, ADELE, None),
        (ADELE, TIER, None),
        (ADELE, None, None),
        (ADELE, "systemuser:", None),
    ],
)
def test_a_new_owner_is_another_person(old: object, new: Raw, owner: str | None) -> None:
    assert lifecycle_of("incident", told((OWNER, old, new))).new_owner == owner


@given(st.lists(st.sampled_from([OPEN, RESOLVED, CANCELED]), min_size=2, max_size=6), st.randoms())
def test_only_the_first_and_last_states_count_in_any_order_of_events(states: list[int], order: Random) -> None:
    events = told(*((STATE, old, new) for old, new in pairwise(states)))
    order.shuffle(events)
    closes = states[0] == OPEN and states[-1] != OPEN
    assert (lifecycle_of("incident", events).closed_state is not None) is closes


def test_an_event_stripped_for_size_reports_no_lifecycle_change() -> None:
    stripped = RecordEvent(key="k", record=CASE, at=NOON + timedelta(1), changed_by=None, changes=(), stripped=True)
    assert lifecycle_of("incident", [stripped]).closed_state is None


def column(name: str, kind: ColumnType) -> Column:
    return Column(name=name, label=name, type=kind)


TABLE = Table(
    name="incident",
    label="Case",
    set_name="incidents",
    primary_id="incidentid",
    primary_name="title",
    columns={MASTER: column(MASTER, ColumnType.LOOKUP), MERGED: column(MERGED, ColumnType.BOOLEAN)},
)


@pytest.mark.parametrize(
    ("master", "merged", "survivor"),
    [
        ("incident:2", True, "2"),
        ("incident:2", False, None),
        ("incident:2", None, None),
        (None, True, None),
        ("incident:1", True, None),
        ("account:2", True, None),
        ("incident:", True, None),
    ],
)
def test_the_survivor_is_another_row_of_the_same_table(master: Raw, merged: Raw, survivor: str | None) -> None:
    row = Row(id="1", values={MASTER: ColumnValue(raw=master), MERGED: ColumnValue(raw=merged)})
    found = merge_target(CASE.environment, TABLE, row)
    assert (found.row_id if found else None) == survivor


def test_changes_of_other_columns_are_no_lifecycle_change() -> None:
    change = ColumnChange(column="prioritycode", new=ColumnValue(raw=1))
    life = lifecycle_of("incident", [RecordEvent(key="k", record=CASE, at=NOON, changed_by=None, changes=(change,))])
    assert (life.closed_state, life.new_owner) == (None, None)
