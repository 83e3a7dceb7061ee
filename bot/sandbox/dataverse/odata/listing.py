"""Filtering, sorting, and paging of rows."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from bot.sandbox.dataverse.odata.columns import RowProperties, column_of, scalar
from bot.sandbox.dataverse.odata.formats import Formatter
from bot.sandbox.dataverse.odata.options import MAX_PAGE_SIZE, Order, Query
from bot.sandbox.dataverse.odata.predicates import predicate
from bot.sandbox.dataverse.schema.model import LOOKUPS, Column, Kind, Table
from bot.sandbox.dataverse.security.access import Caller
from bot.sandbox.errors import bad_query
from bot.sandbox.guids import GUID
from bot.sandbox.values import Ref, Row

_UNSORTABLE = frozenset({Kind.MULTI_SELECT, Kind.IMAGE, Kind.FILE, Kind.PARTY_LIST})
_TOKEN = re.compile(rf'<cookie pagenumber="(\d{{1,7}})" last="({GUID})" skip="(\d{{1,9}})" istracking="False" />')

SortKey: TypeAlias = tuple[bool, str | float | datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of rows."""

    rows: Sequence[Row]
    total: int
    """Number of rows on all pages."""
    next_token: str | None


def select_rows(caller: Caller, table: Table, rows: Iterable[Row], query: Query) -> list[Row]:
    """Return the rows that match the filter, sorted."""
    tests = [predicate(query.filter, RowProperties(caller.schema, table, caller))] if query.filter is not None else []
    found = [row for row in rows if all(test(row) for test in tests)]
    formatter = Formatter(caller.schema, caller.rows, caller.user.id)
    # Sorting is stable, so the least important property is sorted first.
    for order in reversed(query.order):
        _sort(found, caller, _sort_column(table, order), formatter, descending=order.descending)
    return found


def paginate(rows: Sequence[Row], query: Query, page_size: int | None) -> Page:
    """Return the requested page. A page size overrides `$top` ("Page results using OData")."""
    if page_size is None and query.top is not None:
        return Page(rows=rows[: query.top], total=len(rows), next_token=None)
    size = page_size or MAX_PAGE_SIZE
    number, start = _start(rows, query.skip_token)
    end = start + size
    token = None
    if end < len(rows):
        token = f'<cookie pagenumber="{number + 1}" last="{rows[end - 1].id}" skip="{end}" istracking="False" />'
    return Page(rows=rows[start:end], total=len(rows), next_token=token)


def _start(rows: Sequence[Row], token: str | None) -> tuple[int, int]:
    """Return the page's number and start: after the previous page's last row if it still exists."""
    if token is None:
        return 1, 0
    found = _TOKEN.fullmatch(token)
    if not found:
        raise bad_query("The $skiptoken is malformed. Use the @odata.nextLink unchanged.")
    last = found[2].lower()
    after = next((at for at, row in enumerate(rows, 1) if row.id == last), int(found[3]))
    return int(found[1]), after


def _sort_column(table: Table, order: Order) -> Column:
    column = column_of(table, order.name)
    if column.kind in _UNSORTABLE:
        raise bad_query(f"Ordering by '{order.name}' is not supported: its type is {column.kind}.")
    return column


def _sort(rows: list[Row], caller: Caller, column: Column, formatter: Formatter, *, descending: bool) -> None:
    def key(row: Row) -> SortKey:
        value = caller.value(row, column)
        # A lookup is sorted by its label ("Order rows using OData").
        sort_value = (
            formatter.name(value) if column.kind in LOOKUPS and isinstance(value, Ref) else scalar(column, value)
        )
        return (
            (False, 0)
            if sort_value is None
            else (True, sort_value.casefold() if isinstance(sort_value, str) else sort_value)
        )

    rows.sort(key=key, reverse=descending)
