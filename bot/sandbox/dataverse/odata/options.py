"""Query options, with unresolved names ("Query data using the Web API")."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.sandbox.dataverse.odata.filter import parse_filter
from bot.sandbox.dataverse.odata.split import call, split
from bot.sandbox.dataverse.odata.tree import Expression
from bot.sandbox.errors import DataverseError, bad_query, not_offered

PAGE_AT_MOST = 5_000
"""Maximum number of rows in a response ("Page results using OData")."""

EXPANDS_AT_MOST = 15
"""Maximum number of expanded properties in a query ("Join tables using OData")."""

FETCH, VIEW, PERSONAL_VIEW = "fetchXml", "savedQuery", "userQuery"
"""Options that contain a FetchXML query or name a view."""
APPLY = "$apply"

OPTIONS = frozenset({"$select", "$filter", "$orderby", "$top", "$count", "$expand", "$skiptoken"})
ROW_OPTIONS = frozenset({"$select", "$expand"})
"""Options that apply to a single row."""

_NOT_OFFERED = {
    "sql": "SQL queries (sql)",
}
_WITHOUT_MEANING = frozenset({"$format", "tag"})


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


def query_of(parameters: Iterable[tuple[str, str]], allowed: Iterable[str] = OPTIONS) -> Query:
    """Parse a request's query options. Raise `DataverseError` if one is invalid or unsupported."""
    given: dict[str, str] = {}
    for name, value in parameters:
        _add(given, name, value, frozenset(allowed))
    query = _query(given)
    if _expands(query) > EXPANDS_AT_MOST:
        raise bad_query(f"The number of $expand options must not exceed {EXPANDS_AT_MOST}.")
    return query


def _add(given: dict[str, str], name: str, value: str, allowed: frozenset[str]) -> None:
    if name.startswith("@") or name in _WITHOUT_MEANING:
        return
    if name not in allowed:
        raise _refusal(name)
    if name in given:
        raise bad_query(f"Query option '{name}' was specified more than once, but it must be specified at most once.")
    given[name] = value


def _refusal(name: str) -> DataverseError:
    if name in _NOT_OFFERED:
        return not_offered(_NOT_OFFERED[name])
    return bad_query(f"The query parameter '{name}' is not supported here.")


def _query(given: Mapping[str, str]) -> Query:
    filtered = given.get("$filter")
    return Query(
        select=tuple(split(given["$select"], ",")) if "$select" in given else None,
        filter=None if filtered is None else parse_filter(filtered),
        order=tuple(_order(part) for part in split(given.get("$orderby", ""), ",")),
        top=_top(given["$top"]) if "$top" in given else None,
        count=_flag(given.get("$count", "false")),
        expand=tuple(_expand(part) for part in split(given.get("$expand", ""), ",")),
        skip_token=given.get("$skiptoken"),
    )


def _order(text: str) -> Order:
    name, *direction = text.split()
    if direction not in ([], ["asc"], ["desc"]):
        raise bad_query(f"Syntax error in '$orderby': '{text}'.")
    if "/" in name:
        raise not_offered("ordering by a column of a related row")
    return Order(name=name, descending=direction == ["desc"])


def _top(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < len("1000000000")):
        raise bad_query(f"Invalid value '{text}' for $top query option found. It must be a non-negative integer.")
    return min(int(text), PAGE_AT_MOST)


def _flag(text: str) -> bool:
    if text not in {"true", "false"}:
        raise bad_query(f"Invalid value '{text}' for $count query option found. Use true or false.")
    return text == "true"


def _expand(text: str) -> Expand:
    name, inside = call(text)
    if name.endswith("/$ref"):
        raise not_offered("references in $expand (/$ref)")
    given: dict[str, str] = {}
    for option in split(inside or "", ";"):
        key, _, value = option.partition("=")
        _add(given, key.strip(), value, OPTIONS - {"$skiptoken", "$count"})
    return Expand(name=name, query=_query(given))


def _expands(query: Query) -> int:
    return len(query.expand) + sum(_expands(each.query) for each in query.expand)
