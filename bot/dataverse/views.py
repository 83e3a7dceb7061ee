"""The view whose columns a note shows, with those of linked tables (spec N1, T3)."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from bot.dataverse.client import DataverseClient
from bot.dataverse.protocol import quote_literal
from bot.dataverse.table_cache import TableCache
from bot.dataverse.view_layout import QUICK_FIND, VIEW_PROPERTIES, Layout, parse_layout
from bot.domain.errors import BadRequest, NotAllowed, NotFound, NotSupported, Unavailable
from bot.domain.note_fields import MAX_FIELDS
from bot.domain.record_types import CASE, CASE_VIEW
from bot.domain.tables import Column, View
from bot.logs import get_logger

_LISTS = (0, 1, 2, QUICK_FIND, 64)
"""The query types of views that are lists of records; others are of reports and filters ("Customize views")."""

_log = get_logger(__name__)


async def note_view(client: DataverseClient, tables: TableCache, table: str, view: str | None) -> View:
    """The view with this id, else the table's default; raises `NotFound`, or `NotSupported` for a personal view."""
    chosen = f"querytype eq {QUICK_FIND}"
    if view:
        chosen = f"savedqueryid eq {view}"
    elif table == CASE:
        chosen = f"name eq {quote_literal(CASE_VIEW)}"
    conditions = f"returnedtypecode eq {quote_literal(table)} and statecode eq 0 and {chosen}"
    query = {"$select": VIEW_PROPERTIES, "$filter": conditions, "$top": "1"}
    found = await client.rows("savedqueries", query)
    if not found:
        await _require_not_personal(client, view)
        raise NotFound("The view of the note is not there.", "Ask an administrator to choose another view.")
    return await _resolved(tables, table, parse_layout(found[0]))


async def system_views(client: DataverseClient, tables: TableCache, table: str) -> Sequence[View]:
    """The table's system views that are lists of records, by name; those whose layout is damaged are left out."""
    kinds = " or ".join(f"querytype eq {kind}" for kind in _LISTS)
    conditions = f"returnedtypecode eq {quote_literal(table)} and statecode eq 0 and ({kinds})"
    found = await client.rows("savedqueries", {"$select": VIEW_PROPERTIES, "$filter": conditions, "$orderby": "name"})
    layouts = []
    for row in found:
        with suppress(Unavailable):
            layouts.append(parse_layout(row))
    return await asyncio.gather(*(_resolved(tables, table, layout) for layout in layouts))


async def _require_not_personal(client: DataverseClient, view: str | None) -> None:
    if not view:
        return
    try:
        await client.get(f"userqueries({view})", {"$select": "name"})
    except (NotFound, NotAllowed, BadRequest):
        return  # not there, or not for the app: which of them is not told either
    raise NotSupported(
        "The view of the note is somebody's personal view, which only they can see.",
        "Ask an administrator to choose a system view.",
    )


async def _resolved(tables: TableCache, name: str, layout: Layout) -> View:
    """The view, with the definitions of the linked columns that a note can show; others are left out."""
    first = layout.columns[:MAX_FIELDS]
    table = await tables.with_columns(name, (column for column in first if "." not in column))
    linked = {}
    for column in first:
        found = await _linked(tables, name, layout, column) if "." in column else table.columns.get(column)
        if isinstance(found, Column) and "." in column:
            linked[column] = found
        elif not isinstance(found, Column):
            reason = found or "the table has no such column"
            _log.warning("column of a view left out", view=layout.name, column=column, reason=reason)
    return View(id=layout.id, name=layout.name, columns=layout.columns, quick_find=layout.quick_find, linked=linked)


async def _linked(tables: TableCache, table: str, layout: Layout, name: str) -> Column | str:
    """The linked column, or why it cannot be shown."""
    alias, _, own_name = name.partition(".")
    through: list[str] = []
    by = ""
    for step in layout.links.get(alias, ()):
        ways = await tables.lookups(table)
        asked = (step.column, step.table, step.key)
        way = next((each.navigation for each in ways if (each.column, each.table, each.key) == asked), None)
        if way is None:
            return "the view's link leads to any number of rows, and a note has room for one value"
        through.append(way)
        by = await _label(tables, table, step.column)
        table = step.table
    if not through:
        return "the view's query has no link of that name"
    linked = (await tables.with_columns(table, [own_name])).columns.get(own_name)
    if linked is None:
        return "the linked table has no such column"
    # As Dataverse itself heads such a column: "Email (Primary contact)".
    return replace(linked, name=name, label=f"{linked.label} ({by})", through=tuple(through))


async def _label(tables: TableCache, table: str, column: str) -> str:
    found = (await tables.with_columns(table, [column])).columns.get(column)
    return found.label if found else column
