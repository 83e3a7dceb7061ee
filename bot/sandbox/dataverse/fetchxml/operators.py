"""Condition operators as predicates ("FetchXml condition operators")."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias, TypeVar

from bot.sandbox.dataverse.fetchxml.model import Condition
from bot.sandbox.dataverse.odata.columns import moment_of, scalar
from bot.sandbox.dataverse.odata.like import text_test
from bot.sandbox.dataverse.odata.predicates import folded, sign
from bot.sandbox.dataverse.odata.tree import Scalar
from bot.sandbox.dataverse.schema.model import CHOICES, GUIDS, LOOKUPS, Column, Kind
from bot.sandbox.errors import DataverseError, bad_query, not_offered
from bot.sandbox.guids import as_guid
from bot.sandbox.values import Ref, Value

TestOf: TypeAlias = Callable[[Value], bool]
_Read = TypeVar("_Read")

_BOOLEANS = {"1": True, "true": True, "0": False, "false": False}

_WHOLE = frozenset({Kind.INTEGER, Kind.BIG_INT}) | CHOICES
_NUMBERS = frozenset({Kind.DECIMAL, Kind.DOUBLE, Kind.MONEY})
_SIGNS: Mapping[str, frozenset[int]] = {
    "eq": frozenset({0}),
    "gt": frozenset({1}),
    "ge": frozenset({0, 1}),
    "lt": frozenset({-1}),
    "le": frozenset({-1, 0}),
}
_LIKE = {"like": "like", "begins-with": "startswith", "ends-with": "endswith"}
_NEGATED = {
    "ne": "eq",
    "neq": "eq",
    "not-null": "null",
    "not-in": "in",
    "not-between": "between",
    "not-like": "like",
    "not-begin-with": "begins-with",
    "not-end-with": "ends-with",
    "ne-userid": "eq-userid",
    "ne-businessunit": "eq-businessunit",
    "not-contain-values": "contain-values",
}
"""Operators that negate another one. Like Dataverse, they match empty columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """User and time that conditions such as "equals current user" refer to."""

    user: str
    unit: str
    teams: frozenset[str]
    now: datetime


def test_of(condition: Condition, column: Column, asker: Asker) -> TestOf:
    """Compile a condition. Raise `DataverseError` if the operator or a value does not match the column."""
    contrary = _NEGATED.get(condition.operator)
    if contrary is None:
        return _positive(condition.operator, condition.values, column, asker)
    inner = _positive(contrary, condition.values, column, asker)
    return lambda value: not inner(value)


def _positive(operator: str, values: tuple[str, ...], column: Column, asker: Asker) -> TestOf:
    if operator == "null":
        return lambda value: value is None
    if operator in _SIGNS:
        return _compared(_SIGNS[operator], _one(operator, values), column)
    if operator == "in":
        tests = [_compared(_SIGNS["eq"], each, column) for each in values]
        return lambda value: any(test(value) for test in tests)
    if operator == "between":
        if len(values) != 2:  # noqa: PLR2004 - the low and the high value
            raise bad_query("The operator 'between' takes two values.")
        low, high = _compared(_SIGNS["ge"], values[0], column), _compared(_SIGNS["le"], values[1], column)
        return lambda value: low(value) and high(value)
    if operator in _LIKE:
        return _matching(operator, _one(operator, values))
    if operator == "contain-values":
        wanted = {_whole(each, column) for each in values}
        return lambda value: isinstance(value, tuple) and bool(wanted & set(value))
    return _own(operator, asker) or _dated(operator, values, column, asker)


def _one(operator: str, values: tuple[str, ...]) -> str:
    if len(values) != 1:
        raise bad_query(f"The operator '{operator}' takes one value.")
    return values[0]


def _compared(signs: frozenset[int], text: str, column: Column) -> TestOf:
    wanted = folded(_literal(column, text))

    def test(value: Value) -> bool:
        found = folded(scalar(column, value))
        if isinstance(wanted, bool):
            return found is wanted and 0 in signs
        return sign(found, wanted) in signs

    return test


def _literal(column: Column, text: str) -> Scalar:
    """Parse the text as a value of the column's type."""
    if column.kind in LOOKUPS | GUIDS:
        return _fitting(column, text, as_guid)
    if column.kind is Kind.BOOLEAN:
        return _fitting(column, text, _BOOLEANS.get)
    if column.kind in _WHOLE:
        return _whole(text, column)
    if column.kind in _NUMBERS:
        return _fitting(column, text, float)
    if column.kind is Kind.DATE_TIME:
        return _moment(text, column)
    if column.kind is Kind.MULTI_SELECT:
        raise not_offered("comparing a column with several choices otherwise than by 'contain-values'")
    return text


def _fitting(column: Column, text: str, read: Callable[[str], _Read | None]) -> _Read:
    """Parse the text, or raise `DataverseError` if it is not a value of the column's type."""
    try:
        found = read(text.strip().lower())
    except (OverflowError, ValueError):
        found = None
    if found is None:
        raise bad_query(f"The value '{text[:100]}' does not fit the attribute '{column.name}' of type {column.kind}.")
    return found


def _whole(text: str, column: Column) -> int:
    return _fitting(column, text, int)


def _moment(text: str, column: Column) -> datetime:
    return _fitting(column, text.upper(), lambda given: moment_of(given.upper()).astimezone(UTC))


def _matching(operator: str, pattern: str) -> TestOf:
    """Return a text predicate. A `like` pattern contains its own wildcards."""
    test = text_test(_LIKE[operator], pattern)
    return lambda value: isinstance(value, str) and test(value.casefold())


def _own(operator: str, asker: Asker) -> TestOf | None:
    """Return a predicate on the current user, business unit, or teams, or None for other operators."""
    ids: Mapping[str, frozenset[str]] = {
        "eq-userid": frozenset({asker.user}),
        "eq-businessunit": frozenset({asker.unit}),
        "eq-userteams": asker.teams,
        "eq-useroruserteams": asker.teams | {asker.user},
    }
    wanted = ids.get(operator)
    if wanted is None:
        return None
    return lambda value: (value.id if isinstance(value, Ref) else value) in wanted


def _dated(operator: str, values: tuple[str, ...], column: Column, asker: Asker) -> TestOf:
    """Return a predicate on a date or on a period relative to now, in UTC."""
    if column.kind is not Kind.DATE_TIME:
        raise _unknown(operator)
    try:
        span = _span(operator, values, column, asker.now)
    except OverflowError as error:
        raise bad_query(f"The operator '{operator}' reaches beyond the last day that there is.") from error

    def test(value: Value) -> bool:
        at = scalar(column, value)
        return isinstance(at, datetime) and span[0] <= at < span[1]

    return test


def _span(operator: str, values: tuple[str, ...], column: Column, now: datetime) -> tuple[datetime, datetime]:
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    day, ever, never = timedelta(days=1), datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)
    if operator in {"on", "on-or-before", "on-or-after"}:
        given = _moment(_one(operator, values), column).replace(hour=0, minute=0, second=0, microsecond=0)
        return never if operator == "on-or-before" else given, ever if operator == "on-or-after" else given + day
    if operator in {"last-x-days", "next-x-days", "olderthan-x-days"}:
        length = timedelta(days=min(_whole(_one(operator, values), column), 100_000))
        spans = {
            "last-x-days": (today - length, now),
            "next-x-days": (now, today + length + day),
            "olderthan-x-days": (never, now - length),
        }
        return spans[operator]
    fixed = {
        "today": (today, today + day),
        "yesterday": (today - day, today),
        "tomorrow": (today + day, today + 2 * day),
        "last-seven-days": (today - 7 * day, now),
        "next-seven-days": (now, today + 8 * day),
        "this-month": (today.replace(day=1), (today.replace(day=28) + 4 * day).replace(day=1)),
        "this-year": (today.replace(month=1, day=1), today.replace(year=today.year + 1, month=1, day=1)),
    }
    if operator not in fixed:
        raise _unknown(operator)
    return fixed[operator]


def _unknown(operator: str) -> DataverseError:
    return not_offered(f"the FetchXML operator '{operator}' here")
