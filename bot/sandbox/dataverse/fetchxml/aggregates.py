"""Grouping and aggregation ("Aggregate data using FetchXml")."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from bot.sandbox.dataverse.fetchxml.joins import Found, Joins
from bot.sandbox.dataverse.fetchxml.model import Attribute
from bot.sandbox.dataverse.odata.predicates import folded
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
    of: tuple[Found, str, Column] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A requested attribute with the alias of its table and its column."""

    attribute: Attribute
    place: str
    column: Column


def grouped(joins: Joins, rows: Sequence[Found]) -> list[Mapping[str, Cell]]:
    """Group the rows and aggregate each group. Raise `DataverseError` if an attribute is invalid."""
    asked = [_asked(joins, place, attribute) for place, node in joins.nodes.items() for attribute in node.attributes]
    keys = [each for each in asked if each.attribute.group]
    groups: dict[tuple[Scalar, ...], list[Found]] = {} if keys else {(): []}
    for found in rows:
        groups.setdefault(tuple(folded(_grouped_by(joins, each, found)) for each in keys), []).append(found)
    made = [{each.attribute.alias: _cell(joins, each, group) for each in asked} for group in groups.values()]
    return _ordered(joins, made)


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


def _asked(joins: Joins, place: str, attribute: Attribute) -> _Asked:
    if not attribute.alias or bool(attribute.aggregate) is attribute.group:
        raise bad_query(f"In an aggregate query '{attribute.name}' must have an alias, and an aggregate or groupby.")
    column = joins.column(place, attribute.name)
    if attribute.aggregate in {"sum", "avg"} and column.kind not in NUMBERS:
        raise bad_query(f"The aggregate '{attribute.aggregate}' takes a number, and '{attribute.name}' is none.")
    if attribute.part and column.kind is not Kind.DATE_TIME:
        raise bad_query(f"'{attribute.name}' is no date, so it cannot be grouped by '{attribute.part}'.")
    return _Asked(attribute=attribute, place=place, column=column)


def _grouped_by(joins: Joins, asked: _Asked, found: Found) -> Scalar:
    value = joins.value(found, asked.place, asked.column)
    if asked.attribute.part and isinstance(value, datetime):
        return _PARTS[asked.attribute.part](value)
    return value


def _cell(joins: Joins, asked: _Asked, group: Sequence[Found]) -> Cell:
    attribute = asked.attribute
    if attribute.group:
        of = None if attribute.part else (group[0], asked.place, asked.column)
        return Cell(value=_grouped_by(joins, asked, group[0]), of=of)
    if attribute.aggregate == "count":
        return Cell(value=len(group))
    values = [joins.value(found, asked.place, asked.column) for found in group]
    return Cell(value=aggregate(attribute.aggregate, _distinct(values) if attribute.distinct else values))


def _distinct(values: Values) -> Values:
    return list({folded(value): value for value in values}.values())


def _ordered(joins: Joins, rows: Sequence[Mapping[str, Cell]]) -> list[Mapping[str, Cell]]:
    result = list(rows)
    for order in reversed([order for node in joins.nodes.values() for order in node.orders]):
        if not order.alias or any(order.alias not in row for row in result):
            raise bad_query("An aggregate query is put in order by aliases alone.")
        alias = order.alias
        result.sort(key=lambda row, name=alias: sort_key(row[name].value), reverse=order.descending)  # type: ignore[misc]
    return result


def sort_key(value: Scalar) -> tuple[bool, str | float | datetime]:
    """Return the sort key of a value. Empty values sort first."""
    return (False, 0) if value is None else (True, _order_key(value))


def _order_key(value: Scalar) -> str | float | datetime:
    found = folded(value)
    return 0 if found is None else found
