"""Columns, tests, and values that a condition can have, and conditions as text (spec V4). Pure."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from bot.domain.formatting import canonical_value, format_value
from bot.domain.notifications.conditions import MAX_CONDITIONS, Condition, Conditions, Test
from bot.domain.record_lifecycle import LIFECYCLE_COLUMNS
from bot.domain.record_types import RecordType, key_field_columns
from bot.domain.tables import TEXTS, Column, ColumnType, ColumnValue, Raw, Table
from bot.domain.texts import Text, and_list, or_list, text

MAX_VALUES = 10
"""Values of one condition."""
MAX_VALUE_LENGTH = 60
MAX_TEXT_LENGTH = 2_000
"""Characters of a condition as text."""

_CHOICES = frozenset({ColumnType.PICKLIST, ColumnType.STATE, ColumnType.STATUS, ColumnType.BOOLEAN})
_NUMBERS = frozenset({ColumnType.MONEY, ColumnType.DECIMAL, ColumnType.DOUBLE, ColumnType.BIG_INT})
_ORDERED = _NUMBERS | {ColumnType.DATE_TIME}
_LARGEST = 1e15
WITHOUT_VALUES = frozenset({Test.CHANGES, Test.IS_EMPTY})
"""Tests that compare with no value."""


def is_choice(column: Column) -> bool:
    """Check whether the values of the column come from a list."""
    return column.type in _CHOICES


def is_date(column: Column) -> bool:
    """Check whether the values of the column are dates."""
    return column.type is ColumnType.DATE_TIME


def condition_columns(record_type: RecordType, table: Table) -> tuple[Column, ...]:
    """Return the columns that conditions can name: the key fields, the owner, and the state."""
    lifecycle = (table.columns[name] for name in LIFECYCLE_COLUMNS if name in table.columns)
    return tuple({each.name: each for each in (*key_field_columns(record_type, table), *lifecycle)}.values())


def hidden_columns(record_type: RecordType, table: Table) -> frozenset[str]:
    """Return the secured columns that conditions must not name, because chats must not see their values."""
    if record_type.tell_secured:
        return frozenset()
    return frozenset(each.name for each in condition_columns(record_type, table) if each.secured)


def possible_tests(column: Column) -> tuple[Test, ...]:
    """Return the tests that make sense for the type of the column."""
    if column.type is ColumnType.BOOLEAN:
        return (Test.CHANGES, Test.BECOMES)
    if is_choice(column) or column.type in TEXTS:
        return (Test.CHANGES, Test.BECOMES, Test.STOPS_BEING, Test.IS_ONE_OF, Test.IS_EMPTY)
    if column.type in _ORDERED:
        return (Test.CHANGES, Test.IS_ABOVE, Test.IS_BELOW, Test.IS_EMPTY)
    return (Test.CHANGES, Test.IS_EMPTY)


def condition_problem(condition: Condition, columns: Sequence[Column], hidden: Collection[str] = ()) -> str | None:
    """Return the reason why the condition cannot be saved, or None. `hidden`: secured columns that are refused."""
    column = next((each for each in columns if each.name == condition.column), None)
    if column is None:
        return text("This column no longer exists, or is no longer a key field. Choose another one.")
    if column.name in hidden:
        return text(
            "This column is secured. Your administrator must show its values to chats, and you must be able to read it."
        )
    if condition.test not in possible_tests(column):
        return text("This test does not fit the type of the column. Choose another test.")
    return _values_problem(condition, column)


def _values_problem(condition: Condition, column: Column) -> str | None:
    if condition.test in WITHOUT_VALUES:
        return None if not condition.values else text("This test takes no value.")
    most = MAX_VALUES if condition.test is Test.IS_ONE_OF else 1
    if not 1 <= len(condition.values) <= most:
        return text("Choose a value.") if most == 1 else text("Choose 1 to {most} values.", most=MAX_VALUES)
    if not all(_fits(column, each) for each in condition.values):
        return _EXPECTED.get(column.type, text("Choose a value from the list."))
    return None


_EXPECTED = {
    **dict.fromkeys(_NUMBERS, text("Enter a number, such as 1000 or 12.5.")),
    ColumnType.DATE_TIME: text("Enter a date, such as 2026-12-31."),
    **dict.fromkeys(TEXTS, text("Enter a text of at most {most} characters.", most=MAX_VALUE_LENGTH)),
}


def _fits(column: Column, value: Raw) -> bool:
    if is_choice(column):
        return isinstance(value, int) and int(value) in (column.options or {0: "", 1: ""})
    if column.type in _NUMBERS:
        return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _LARGEST
    if is_date(column):
        return isinstance(value, str) and parse_value(column, value) == value
    return isinstance(value, str) and 0 < len(value) <= MAX_VALUE_LENGTH


def parse_value(column: Column, entered: str) -> Raw:
    """Return the canonical value of an input; None if it does not fit the type of the column."""
    given = entered.strip()
    if column.type is ColumnType.BOOLEAN:
        return {"0": False, "1": True}.get(given)
    if is_choice(column):
        is_number = given.removeprefix("-").isdecimal() and given.isascii() and len(given) <= MAX_VALUES
        return int(given) if is_number else None
    if column.type in _NUMBERS:
        return _parse_number(given)
    if is_date(column):
        return _parse_date(given)
    return canonical_value(column, given[: MAX_VALUE_LENGTH + 1])


def _parse_number(given: str) -> float | None:
    try:
        number = float(given) if len(given) <= MAX_VALUE_LENGTH else _LARGEST * 10
    except ValueError:
        return None
    return number if abs(number) <= _LARGEST else None


def _parse_date(given: str) -> str | None:
    parts = given.split("-")
    sizes = [len(part) for part in parts]
    if sizes != [4, 2, 2] or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    return canonical_date(given)


def canonical_date(given: str) -> str | None:
    """Return the date, or None if it does not exist."""
    try:
        return date.fromisoformat(given).isoformat()
    except ValueError:
        return None


def condition_to_text(condition: Condition) -> str:
    """Return the condition as text, such as `prioritycode becomes [1]`."""
    values = json.dumps(condition.values, ensure_ascii=False)
    return f"{condition.column} {condition.test} {values}"


def parse_condition(written: str) -> Condition | None:
    """Return the condition that `condition_to_text` wrote; None for any other text."""
    column, _, rest = written[:MAX_TEXT_LENGTH].partition(" ")
    test = next((each for each in Test if rest.startswith(f"{each} ")), None)
    if not column or test is None:
        return None
    try:
        values = json.loads(rest.removeprefix(f"{test} "))
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, list) or not all(isinstance(each, str | int | float) for each in values):
        return None
    return Condition(column=column, test=test, values=tuple(values))


ALL_OF, ANY_OF = "all", "any"


def conditions_to_texts(conditions: Conditions | None) -> tuple[str, ...]:
    """Return the rule as texts: `all` or `any`, and then its conditions. Empty without a rule."""
    if conditions is None or not conditions.conditions:
        return ()
    joined = ALL_OF if conditions.all_must_hold else ANY_OF
    return (joined, *(condition_to_text(each) for each in conditions.conditions))


def parse_conditions(texts: Sequence[str]) -> Conditions | None:
    """Return the rule that `conditions_to_texts` wrote, or None without a rule. Raise ValueError for other texts."""
    if not texts:
        return None
    joined, *rest = texts
    parsed = [parse_condition(each) for each in rest]
    if joined not in {ALL_OF, ANY_OF} or not parsed or None in parsed or len(parsed) > MAX_CONDITIONS:
        raise ValueError("not the conditions of a rule")
    return Conditions(conditions=tuple(each for each in parsed if each), all_must_hold=joined == ALL_OF)


def describe_conditions(conditions: Conditions, columns: Mapping[str, Column]) -> Text:
    """Return the rule in words, such as `Priority becomes High`."""
    said = [describe_condition(each, columns) for each in conditions.conditions]
    return and_list(said) if conditions.all_must_hold else or_list(said)


def describe_condition(condition: Condition, columns: Mapping[str, Column]) -> Text:
    """Return the condition in words. A column that no longer exists keeps its name."""
    column = columns.get(condition.column)
    label = column.label if column else condition.column
    value = or_list(format_value(column, ColumnValue(raw=each)) if column else str(each) for each in condition.values)
    match condition.test:
        case Test.CHANGES:
            return text("{column} changes", column=label)
        case Test.BECOMES:
            return text("{column} becomes {value}", column=label, value=value)
        case Test.STOPS_BEING:
            return text("{column} stops being {value}", column=label, value=value)
        case Test.IS_ONE_OF:
            return text("{column} is {value}", column=label, value=value)
        case Test.IS_EMPTY:
            return text("{column} is empty", column=label)
        case Test.IS_ABOVE:
            return text("{column} is above {value}", column=label, value=value)
        case Test.IS_BELOW:
            return text("{column} is below {value}", column=label, value=value)
