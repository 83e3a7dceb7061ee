"""Sorting and paging of a query's rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from bot.sandbox.dataverse.fetchxml.joins import JoinedRow, Joins
from bot.sandbox.dataverse.fetchxml.model import Fetch
from bot.sandbox.dataverse.odata.formats import Formatter
from bot.sandbox.dataverse.odata.options import MAX_PAGE_SIZE
from bot.sandbox.dataverse.schema.model import CHOICES, LOOKUPS, Column, Kind
from bot.sandbox.dataverse.security.access import Caller
from bot.sandbox.errors import bad_query
from bot.sandbox.values import Json

_UNSORTABLE = frozenset({Kind.MULTI_SELECT, Kind.IMAGE, Kind.FILE, Kind.PARTY_LIST})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A result row that is serialized only if it is on the requested page."""

    body: Callable[[], Mapping[str, Json]]
    id: str | None = None
    """ID of the queried table's row, or None if the entry represents no single row."""


SortKey: TypeAlias = tuple[bool, str | float | datetime]


def sort_rows(caller: Caller, fetch: Fetch, joins: Joins, rows: Sequence[JoinedRow]) -> list[JoinedRow]:
    """Sort the rows, first by the queried table's orders and then by those of linked tables."""
    result = list(rows)
    formatter = Formatter(caller.schema, caller.rows, caller.user.id)
    orders = [(alias, order) for alias, node in joins.nodes.items() for order in node.orders]
    for alias, order in reversed(orders):
        column_alias, column = _column(joins, order.node or alias, order.name or order.alias)
        sorts_by_label = column.kind in LOOKUPS or (column.kind in CHOICES and not fetch.raw_order)
        result.sort(
            key=_key(joins, column_alias, column, formatter if sorts_by_label else None), reverse=order.descending
        )
    return result


def page(fetch: Fetch, entries: Sequence[Entry]) -> tuple[Sequence[Entry], bool]:
    """Return the page's rows and whether more follow."""
    if fetch.top is not None:
        if fetch.count is not None or fetch.page > 1:
            raise bad_query("The top attribute can't be specified with paging attribute page.")
        return entries[: fetch.top], False
    size = fetch.count or MAX_PAGE_SIZE
    start = (fetch.page - 1) * size
    after = [at for at, entry in enumerate(entries, 1) if entry.id == fetch.last] if fetch.last else []
    # A row that a link repeats does not identify the end of the page, so the page number does.
    if len(after) == 1:
        start = after[0]
    return entries[start : start + size], start + size < len(entries)


def _column(joins: Joins, alias: str, name: str) -> tuple[str, Column]:
    """Resolve a column by its name or by the alias of an attribute."""
    for column_alias, node in joins.nodes.items():
        for attribute in node.attributes:
            if attribute.alias == name:
                return column_alias, joins.column(column_alias, attribute.name)
    column = joins.column(alias, name)
    if column.kind in _UNSORTABLE:
        raise bad_query(f"Ordering by '{name}' is not supported: its type is {column.kind}.")
    return alias, column


def _key(joins: Joins, alias: str, column: Column, formatter: Formatter | None) -> Callable[[JoinedRow], SortKey]:
    """Return a sort key function: the label of a lookup or choice, or the value of any other column."""

    def key(found: JoinedRow) -> SortKey:
        row = found.get(alias)
        label = formatter.text(row, column, joins.plain(found, alias, column)) if row and formatter else None
        value = joins.value(found, alias, column) if label is None else label
        return (False, 0) if value is None else (True, value.casefold() if isinstance(value, str) else value)

    return key
