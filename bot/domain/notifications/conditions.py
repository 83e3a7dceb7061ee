"""Conditions of value rules and urgent rules (spec V4, V5)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.tables import Raw

MAX_CONDITIONS = 5
"""Conditions of one rule (spec V4)."""

_EMPTY: tuple[Raw, ...] = (None, "", ())
_DATE_LENGTH = len("2026-12-31")


class Test(StrEnum):
    """A test of a column. The first three look at the change, the others at the present value."""

    __test__ = False
    """Tells pytest that this class contains no tests."""

    CHANGES = "changes"
    BECOMES = "becomes"
    STOPS_BEING = "stops being"
    IS_ONE_OF = "is one of"
    IS_EMPTY = "is empty"
    IS_ABOVE = "is above"
    IS_BELOW = "is below"


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueChange:
    """The old and the new canonical value of a column."""

    new: Raw
    old: Raw = None
    old_is_known: bool = True
    """False if nobody knows the old value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A test of one column with the values to compare with: several for `IS_ONE_OF`, at most one otherwise."""

    column: str
    test: Test
    values: tuple[Raw, ...] = ()
    """Canonical values, as `canonical_value` returns them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Conditions of which one or all must hold. Without conditions, they never hold."""

    conditions: tuple[Condition, ...]
    all_must_hold: bool = False

    def hold(self, changes: Mapping[str, ValueChange], row: Mapping[str, Raw]) -> bool:
        """Check the conditions against the changes and the row's present canonical values, by column."""
        if not self.conditions:
            return False
        results = (_holds(each, changes.get(each.column), row) for each in self.conditions)
        return all(results) if self.all_must_hold else any(results)


def _holds(condition: Condition, change: ValueChange | None, row: Mapping[str, Raw]) -> bool:
    if condition.test in _CHANGE_TESTS:
        return change is not None and _CHANGE_TESTS[condition.test](change, condition.values)
    present = change.new if change else row.get(condition.column)
    return _VALUE_TESTS[condition.test](present, condition.values)


def _stops_being(change: ValueChange, values: tuple[Raw, ...]) -> bool:
    """Return True also if the old value is not known: a superfluous card is better than a lost one."""
    return change.new not in values and (change.old in values or not change.old_is_known)


_CHANGE_TESTS: Mapping[Test, Callable[[ValueChange, tuple[Raw, ...]], bool]] = {
    Test.CHANGES: lambda _change, _values: True,
    Test.BECOMES: lambda change, values: change.new in values,
    Test.STOPS_BEING: _stops_being,
}


def _order(present: Raw, bound: Raw) -> int | None:
    """Return -1, 0, or 1 for a value below, at, or above the bound, or None if they cannot be compared.

    Dates are ISO texts, which sort by time. A bound without a time stands for the whole day.
    """
    if isinstance(present, str) and isinstance(bound, str):
        if present in _EMPTY:
            return None
        shortened = present[:_DATE_LENGTH] if len(bound) == _DATE_LENGTH else present
        return (shortened > bound) - (shortened < bound)
    if isinstance(present, int | float) and isinstance(bound, int | float):
        return (present > bound) - (present < bound)
    return None


_VALUE_TESTS: Mapping[Test, Callable[[Raw, tuple[Raw, ...]], bool]] = {
    Test.IS_ONE_OF: lambda present, values: present in values,
    Test.IS_EMPTY: lambda present, _values: present in _EMPTY,
    Test.IS_ABOVE: lambda present, values: any(_order(present, bound) == 1 for bound in values),
    Test.IS_BELOW: lambda present, values: any(_order(present, bound) == -1 for bound in values),
}
