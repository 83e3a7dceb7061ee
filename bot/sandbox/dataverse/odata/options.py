"""Query options, with unresolved names ("Query data using the Web API")."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.sandbox.dataverse.odata.filter import parse_filter
from bot.sandbox.dataverse.odata.split import parse_call, split
from bot.sandbox.dataverse.odata.tree import Expression
from bot.sandbox.errors import DataverseError, bad_query, not_implemented

MAX_PAGE_SIZE = 5_000
"""Maximum number of rows in a response ("Page results using OData")."""

MAX_EXPANDS = 15
"""Maximum number of expanded properties in a query ("Join tables using OData")."""

FETCH, VIEW, PERSONAL_VIEW = "fetchXml", "savedQuery", "userQuery"
"""Options that contain a FetchXML query or name a view."""
APPLY = "$apply"

OPTIONS = frozenset({"$select", "$filter", "$orderby", "$top", "$count", "$expand", "$skiptoken"})
ROW_OPTIONS = frozenset({"$select", "$expand"})
"""Options that apply to a single row."""

_NOT_IMPLEMENTED = {
    "sql": "SQL queries (sql)",
}
_IGNORED = frozenset({"$format", "tag"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A property to sort by."""

    name: str
    descending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A parsed query on a table."""

    select: tuple[str, ...] | None = None
    filter: Expression | None = None
    order: tuple[Order, ...] = ()
    top: int | None = None
    count: bool = False
    expand: tuple["Expand", ...] = ()
    skip_token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expand:
    """A navigation property to include with its row."""

    name: str
    query: Query


def parse_query(parameters: Iterable[tuple[str, str]], allowed: Iterable[str] = OPTIONS) -> Query:
    """Parse a request's query options. Raise `DataverseError` if one is invalid or unsupported."""
    options: dict[str, str] = {}
    for name, value in parameters:
        _add(options, name, value, frozenset(allowed))
    query = _query(options)
    if _count_expands(query) > MAX_EXPANDS:
        raise bad_query(f"The number of $expand options must not exceed {MAX_EXPANDS}.")
    return query


def _add(options: dict[str, str], name: str, value: str, allowed: frozenset[str]) -> None:
    if name.startswith("@") or name in _IGNORED:
        return
    if name not in allowed:
        raise _unsupported(name)
    if name in options:
        raise bad_query(f"Query option '{name}' was specified more than once, but it must be specified at most once.")
    options[name] = value


def _unsupported(name: str) -> DataverseError:
    if name in _NOT_IMPLEMENTED:
        return not_implemented(_NOT_IMPLEMENTED[name])
    return bad_query(f"The query parameter '{name}' is not supported here.")


def _query(options: Mapping[str, str]) -> Query:
    filtered = options.get("$filter")
    return Query(
        select=tuple(split(options["$select"], ",")) if "$select" in options else None,
        filter=None if filtered is None else parse_filter(filtered),
        order=tuple(_order(part) for part in split(options.get("$orderby", ""), ",")),
        top=_top(options["$top"]) if "$top" in options else None,
        count=_flag(options.get("$count", "false")),
        expand=tuple(_expand(part) for part in split(options.get("$expand", ""), ",")),
        skip_token=options.get("$skiptoken"),
    )


def _order(text: str) -> Order:
    name, *direction = text.split()
    if direction not in ([], ["asc"], ["desc"]):
        raise bad_query(f"Syntax error in '$orderby': '{text}'.")
    if "/" in name:
        raise not_implemented("ordering by a column of a related row")
    return Order(name=name, descending=direction == ["desc"])


def _top(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < len("1000000000")):
        raise bad_query(f"Invalid value '{text}' for $top query option found. It must be a non-negative integer.")
    return min(int(text), MAX_PAGE_SIZE)


def _flag(text: str) -> bool:
    if text not in {"true", "false"}:
        raise bad_query(f"Invalid value '{text}' for $count query option found. Use true or false.")
    return text == "true"


def _expand(text: str) -> Expand:
    name, inside = parse_call(text)
    if name.endswith("/$ref"):
        raise not_implemented("references in $expand (/$ref)")
    options: dict[str, str] = {}
    for option in split(inside or "", ";"):
        key, _, value = option.partition("=")
        _add(options, key.strip(), value, OPTIONS - {"$skiptoken", "$count"})
    return Expand(name=name, query=_query(options))


def _count_expands(query: Query) -> int:
    return len(query.expand) + sum(_count_expands(each.query) for each in query.expand)
