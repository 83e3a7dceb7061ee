"""Grouping and aggregation ("Aggregate data using FetchXml")."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from bot.sandbox.dataverse.fetchxml.joins import JoinedRow, Joins
from bot.sandbox.dataverse.fetchxml.model import Attribute
from bot.sandbox.dataverse.odata.predicates import fold_case
from bot.sandbox.dataverse.odata.tree import Scalar
from bot.sandbox.dataverse.schema.model import Column, Kind
from bot.sandbox.errors import bad_query

NUMBERS = frozenset({Kind.INTEGER, Kind.BIG_INT, Kind.DECIMAL, Kind.DOUBLE, Kind.MONEY})

_PARTS: Mapping[str, Callable[[datetime], int]] = {
    "year": lambda at: at.year,
    "quarter": lambda at: (at.month + 2) // 3,
    "month": lambda at: at.month,
    "day": lambda at: at.day,
}

Values: TypeAlias = Sequence[Scalar]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One value of a group. A grouping value has a source row, alias, and column. An aggregate has no source."""

    value: Scalar
    source: tuple[JoinedRow, str, Column] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _RequestedAttribute:
    """A requested attribute with the alias of its table and its column."""

    attribute: Attribute
    alias: str
    column: Column


def group_rows(joins: Joins, rows: Sequence[JoinedRow]) -> list[Mapping[str, Cell]]:
    """Group the rows and aggregate each group. Raise `DataverseError` if an attribute is invalid."""
    requested = [
        _requested(joins, alias, attribute) for alias, node in joins.nodes.items() for attribute in node.attributes
    ]
    keys = [each for each in requested if each.attribute.group]
    groups: dict[tuple[Scalar, ...], list[JoinedRow]] = {} if keys else {(): []}
    for found in rows:
        groups.setdefault(tuple(fold_case(_grouping_value(joins, each, found)) for each in keys), []).append(found)
    result_rows = [{each.attribute.alias: _cell(joins, each, group) for each in requested} for group in groups.values()]
    return _sort(joins, result_rows)


def aggregate(name: str, values: Values) -> Scalar:
    """Compute the aggregate of the non-empty values."""
    present = [value for value in values if value is not None]
    if name == "countcolumn":
        return len(present)
    if name in {"min", "max"}:
        return (min if name == "min" else max)(present, default=None, key=_order_key)
    numbers = [value for value in present if isinstance(value, int | float)]
    if not numbers:
        return None
    return sum(numbers) if name == "sum" else sum(numbers) / len(numbers)


def _requested(joins: Joins, alias: str, attribute: Attribute) -> _RequestedAttribute:
    if not attribute.alias or bool(attribute.aggregate) is attribute.group:
        raise bad_query(f"In an aggregate query '{attribute.name}' must have an alias, and an aggregate or groupby.")
    column = joins.column(alias, attribute.name)
    if attribute.aggregate in {"sum", "avg"} and column.kind not in NUMBERS:
        raise bad_query(
            f"The aggregate '{attribute.aggregate}' requires a number column, but '{attribute.name}' is not one."
        )
    if attribute.part and column.kind is not Kind.DATE_TIME:
        raise bad_query(f"'{attribute.name}' is not a date, so it cannot be grouped by '{attribute.part}'.")
    return _RequestedAttribute(attribute=attribute, alias=alias, column=column)


def _grouping_value(joins: Joins, requested: _RequestedAttribute, found: JoinedRow) -> Scalar:
    value = joins.value(found, requested.alias, requested.column)
    if requested.attribute.part and isinstance(value, datetime):
        return _PARTS[requested.attribute.part](value)
    return value


def _cell(joins: Joins, requested: _RequestedAttribute, group: Sequence[JoinedRow]) -> Cell:
    attribute = requested.attribute
    if attribute.group:
        source = None if attribute.part else (group[0], requested.alias, requested.column)
        return Cell(value=_grouping_value(joins, requested, group[0]), source=source)
    if attribute.aggregate == "count":
        return Cell(value=len(group))
    values = [joins.value(found, requested.alias, requested.column) for found in group]
    return Cell(value=aggregate(attribute.aggregate, _distinct(values) if attribute.distinct else values))


def _distinct(values: Values) -> Values:
    return list({fold_case(value): value for value in values}.values())


def _sort(joins: Joins, rows: Sequence[Mapping[str, Cell]]) -> list[Mapping[str, Cell]]:
    result = list(rows)
    for order in reversed([order for node in joins.nodes.values() for order in node.orders]):
        if not order.alias or any(order.alias not in row for row in result):
            raise bad_query("An aggregate query can be sorted only by aliases.")
        alias = order.alias
        result.sort(key=lambda row, name=alias: sort_key(row[name].value), reverse=order.descending)  # type: ignore[misc]
    return result


def sort_key(value: Scalar) -> tuple[bool, str | float | datetime]:
    """Return the sort key of a value. Empty values sort first."""
    return (False, 0) if value is None else (True, _order_key(value))


def _order_key(value: Scalar) -> str | float | datetime:
    found = fold_case(value)
    return 0 if found is None else found
