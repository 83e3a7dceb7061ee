"""Parser for OData aggregation, `$apply` ("Aggregate data using OData")."""

import re
from dataclasses import dataclass, replace

from bot.sandbox.dataverse.odata.filter import parse_filter
from bot.sandbox.dataverse.odata.split import parse_call, split
from bot.sandbox.dataverse.odata.tree import And, Expression
from bot.sandbox.errors import bad_query, not_implemented

METHODS = {"sum": "sum", "average": "avg", "min": "min", "max": "max", "countdistinct": "countcolumn"}
"""Aggregate functions of FetchXML by OData method. Dataverse runs `$apply` as FetchXML."""

_COUNT = re.compile(r"\$count\s+as\s+(\w+)")
_AGGREGATE = re.compile(r"(\w+)\s+with\s+(\w+)\s+as\s+(\w+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate:
    """An aggregate of a property, or the number of rows."""

    alias: str
    name: str = ""
    method: str = "count"
    distinct: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Apply:
    """A filter, the grouping properties, and the aggregates."""

    filter: Expression | None = None
    groups: tuple[str, ...] = ()
    aggregates: tuple[Aggregate, ...] = ()


def parse_apply(text: str) -> Apply:
    """Parse the transformations. Raise `DataverseError` if they are invalid or unsupported."""
    found = Apply()
    for step in split(text, "/"):
        name, inside = parse_call(step)
        if inside is None:
            raise bad_query(f"Syntax error in '$apply': '{text[:200]}'.")
        if name not in {"filter", "groupby", "aggregate"}:
            raise not_implemented(f"the transformation '{name[:50]}' in $apply")
        if found.groups or found.aggregates:
            raise not_implemented("transformations after a groupby or aggregate in $apply")
        found = _add_step(found, name, inside)
    if not found.groups and not found.aggregates:
        raise not_implemented("$apply without groupby or aggregate. Use $filter")
    names = [*found.groups, *(each.alias for each in found.aggregates)]
    if len(names) != len(set(names)):
        raise bad_query("Two properties of '$apply' have the same name.")
    return found


def _add_step(found: Apply, name: str, inside: str) -> Apply:
    if name == "filter":
        condition = parse_filter(inside)
        return replace(found, filter=And((found.filter, condition)) if found.filter is not None else condition)
    if name == "aggregate":
        return replace(found, aggregates=_aggregates(inside))
    properties, *rest = split(inside, ",") or [""]
    if len(rest) > 1 or properties[:1] != "(" or properties[-1:] != ")":
        raise bad_query(f"Syntax error in '$apply': 'groupby({inside[:200]})'.")
    groups = tuple(split(properties[1:-1], ","))
    if any("/" in group for group in groups):
        raise not_implemented("grouping by a column of a related row")
    return replace(found, groups=groups, aggregates=_inner_aggregates(rest[0]) if rest else ())


def _inner_aggregates(text: str) -> tuple[Aggregate, ...]:
    name, inside = parse_call(text)
    if name != "aggregate" or inside is None:
        raise not_implemented(f"'{name[:50]}' in a groupby")
    return _aggregates(inside)


def _aggregates(text: str) -> tuple[Aggregate, ...]:
    return tuple(_aggregate(part) for part in split(text, ","))


def _aggregate(text: str) -> Aggregate:
    counted = _COUNT.fullmatch(text)
    if counted:
        return Aggregate(alias=counted[1])
    found = _AGGREGATE.fullmatch(text)
    if not found:
        raise bad_query(f"Syntax error in '$apply': '{text[:200]}'.")
    if found[2] not in METHODS:
        raise not_implemented(f"the aggregation method '{found[2]}'")
    return Aggregate(alias=found[3], name=found[1], method=METHODS[found[2]], distinct=found[2] == "countdistinct")
