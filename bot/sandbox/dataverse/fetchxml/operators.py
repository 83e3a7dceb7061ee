"""Condition operators as predicates ("FetchXml condition operators")."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias, TypeVar

from bot.sandbox.dataverse.fetchxml.model import Condition
from bot.sandbox.dataverse.odata.columns import parse_instant, scalar
from bot.sandbox.dataverse.odata.like import text_test
from bot.sandbox.dataverse.odata.predicates import compare, fold_case
from bot.sandbox.dataverse.odata.tree import Scalar
from bot.sandbox.dataverse.schema.model import CHOICES, GUIDS, LOOKUPS, Column, Kind
from bot.sandbox.errors import DataverseError, bad_query, not_implemented
from bot.sandbox.guids import as_guid
from bot.sandbox.values import Ref, Value

ValueTest: TypeAlias = Callable[[Value], bool]
_Parsed = TypeVar("_Parsed")

_BOOLEANS = {"1": True, "true": True, "0": False, "false": False}

_WHOLE = frozenset({Kind.INTEGER, Kind.BIG_INT}) | CHOICES
_NUMBERS = frozenset({Kind.DECIMAL, Kind.DOUBLE, Kind.MONEY})
_MATCHING_ORDERS: Mapping[str, frozenset[int]] = {
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
class QueryContext:
    """User and time that conditions such as "equals current user" refer to."""

    user: str
    unit: str
    teams: frozenset[str]
    now: datetime


def compile_condition(condition: Condition, column: Column, query_context: QueryContext) -> ValueTest:
    """Compile a condition. Raise `DataverseError` if the operator or a value does not match the column."""
    positive_operator = _NEGATED.get(condition.operator)
    if positive_operator is None:
        return _compile_positive(condition.operator, condition.values, column, query_context)
    inner = _compile_positive(positive_operator, condition.values, column, query_context)
    return lambda value: not inner(value)


def _compile_positive(operator: str, values: tuple[str, ...], column: Column, query_context: QueryContext) -> ValueTest:
    if operator == "null":
        return lambda value: value is None
    if operator in _MATCHING_ORDERS:
        return _comparison(_MATCHING_ORDERS[operator], _one(operator, values), column)
    if operator == "in":
        tests = [_comparison(_MATCHING_ORDERS["eq"], each, column) for each in values]
        return lambda value: any(test(value) for test in tests)
    if operator == "between":
        if len(values) != 2:  # noqa: PLR2004 - the low and the high value
            raise bad_query("The operator 'between' requires two values.")
        low, high = (
            _comparison(_MATCHING_ORDERS["ge"], values[0], column),
            _comparison(_MATCHING_ORDERS["le"], values[1], column),
        )
        return lambda value: low(value) and high(value)
    if operator in _LIKE:
        return _text_test(operator, _one(operator, values))
    if operator == "contain-values":
        expected = {_whole(each, column) for each in values}
        return lambda value: isinstance(value, tuple) and bool(expected & set(value))
    return _current_user_test(operator, query_context) or _date_test(operator, values, column, query_context)


def _one(operator: str, values: tuple[str, ...]) -> str:
    if len(values) != 1:
        raise bad_query(f"The operator '{operator}' requires one value.")
    return values[0]


def _comparison(orders: frozenset[int], text: str, column: Column) -> ValueTest:
    expected = fold_case(_literal(column, text))

    def test(value: Value) -> bool:
        found = fold_case(scalar(column, value))
        if isinstance(expected, bool):
            return found is expected and 0 in orders
        return compare(found, expected) in orders

    return test


def _literal(column: Column, text: str) -> Scalar:
    """Parse the text as a value of the column's type."""
    if column.kind in LOOKUPS | GUIDS:
        return _parse(column, text, as_guid)
    if column.kind is Kind.BOOLEAN:
        return _parse(column, text, _BOOLEANS.get)
    if column.kind in _WHOLE:
        return _whole(text, column)
    if column.kind in _NUMBERS:
        return _parse(column, text, float)
    if column.kind is Kind.DATE_TIME:
        return _parse_instant(text, column)
    if column.kind is Kind.MULTI_SELECT:
        raise not_implemented("comparing a multi-select column with an operator other than 'contain-values'")
    return text


def _parse(column: Column, text: str, read: Callable[[str], _Parsed | None]) -> _Parsed:
    """Parse the text, or raise `DataverseError` if it is not a value of the column's type."""
    try:
        found = read(text.strip().lower())
    except (OverflowError, ValueError):
        found = None
    if found is None:
        raise bad_query(f"The value '{text[:100]}' does not match the attribute '{column.name}' of type {column.kind}.")
    return found


def _whole(text: str, column: Column) -> int:
    return _parse(column, text, int)


def _parse_instant(text: str, column: Column) -> datetime:
    return _parse(column, text.upper(), lambda given: parse_instant(given.upper()).astimezone(UTC))


def _text_test(operator: str, pattern: str) -> ValueTest:
    """Return a text predicate. A `like` pattern contains its own wildcards."""
    test = text_test(_LIKE[operator], pattern)
    return lambda value: isinstance(value, str) and test(value.casefold())


def _current_user_test(operator: str, query_context: QueryContext) -> ValueTest | None:
    """Return a predicate on the current user, business unit, or teams, or None for other operators."""
    ids: Mapping[str, frozenset[str]] = {
        "eq-userid": frozenset({query_context.user}),
        "eq-businessunit": frozenset({query_context.unit}),
        "eq-userteams": query_context.teams,
        "eq-useroruserteams": query_context.teams | {query_context.user},
    }
    expected = ids.get(operator)
    if expected is None:
        return None
    return lambda value: (value.id if isinstance(value, Ref) else value) in expected


def _date_test(operator: str, values: tuple[str, ...], column: Column, query_context: QueryContext) -> ValueTest:
    """Return a predicate on a date or on a period relative to now, in UTC."""
    if column.kind is not Kind.DATE_TIME:
        raise _unsupported(operator)
    try:
        span = _span(operator, values, column, query_context.now)
    except OverflowError as error:
        raise bad_query(f"The operator '{operator}' exceeds the supported range of dates.") from error

    def test(value: Value) -> bool:
        at = scalar(column, value)
        return isinstance(at, datetime) and span[0] <= at < span[1]

    return test


def _span(operator: str, values: tuple[str, ...], column: Column, now: datetime) -> tuple[datetime, datetime]:
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    day, ever, never = timedelta(days=1), datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)
    if operator in {"on", "on-or-before", "on-or-after"}:
        given = _parse_instant(_one(operator, values), column).replace(hour=0, minute=0, second=0, microsecond=0)
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
        raise _unsupported(operator)
    return fixed[operator]


def _unsupported(operator: str) -> DataverseError:
    return not_implemented(f"the FetchXML operator '{operator}' here")
