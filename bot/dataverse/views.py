"""The view that selects the columns of a note, with those of linked tables (spec N1, T3)."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from bot.dataverse.client import DataverseClient
from bot.dataverse.protocol import quote_literal
from bot.dataverse.table_cache import TableCache
from bot.dataverse.view_layout import QUICK_FIND, VIEW_PROPERTIES, Layout, parse_layout
from bot.domain.errors import BadRequest, ChatSyncError, NotAllowed, NotFound, NotSupported
from bot.domain.note_fields import MAX_FIELDS
from bot.domain.record_types import CASE, CASE_VIEW
from bot.domain.tables import Column, View
from bot.domain.texts import text
from bot.logs import get_logger

_LIST_TYPES = (0, 1, 2, QUICK_FIND, 64)
"""Query types of views that list records; others belong to reports and filters ("Customize views")."""

_log = get_logger(__name__)


async def note_view(client: DataverseClient, tables: TableCache, table: str, view: str | None) -> View:
    """Return the view with this ID, or else the default; raise `NotFound`, or `NotSupported` for a personal view."""
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
        raise NotFound("The view of the note does not exist.", "Ask an administrator to choose another view.")
    return await _resolve(tables, table, parse_layout(found[0]))


async def system_views(client: DataverseClient, tables: TableCache, table: str) -> Sequence[View]:
    """Return the table's system views that list records, by name; omit those with a damaged layout."""
    kinds = " or ".join(f"querytype eq {kind}" for kind in _LIST_TYPES)
    conditions = f"returnedtypecode eq {quote_literal(table)} and statecode eq 0 and ({kinds})"
    found = await client.rows("savedqueries", {"$select": VIEW_PROPERTIES, "$filter": conditions, "$orderby": "name"})
    layouts = []
    for row in found:
        with suppress(NotSupported):
            layouts.append(parse_layout(row))
    return await asyncio.gather(*(_resolve(tables, table, layout) for layout in layouts))


async def _require_not_personal(client: DataverseClient, view: str | None) -> None:
    if not view:
        return
    try:
        await client.get(f"userqueries({view})", {"$select": "name"})
    except (NotFound, NotAllowed, BadRequest):
        return  # do not reveal whether it does not exist or is not accessible
    raise NotSupported(
        "The view of the note is a personal view, which only its owner can use.",
        "Ask an administrator to choose a system view.",
    )


async def _resolve(tables: TableCache, name: str, layout: Layout) -> View:
    """Return the view with the definitions of linked columns that a note can show; omit the others."""
    first = layout.columns[:MAX_FIELDS]
    table = await tables.with_columns(name, (column for column in first if "." not in column))
    linked, unresolved = {}, {}
    for column in first:
        found = await _try_linked_column(tables, name, layout, column) if "." in column else table.columns.get(column)
        if isinstance(found, Column) and "." in column:
            linked[column] = found
        elif not isinstance(found, Column):
            reason = found or text("the table does not have this column")
            _log.warning("view.column_skipped", view=layout.id, column=column, reason=reason)
            unresolved[column] = reason
    return View(
        id=layout.id,
        name=layout.name,
        columns=layout.columns,
        quick_find=layout.quick_find,
        linked=linked,
        unresolved=unresolved,
    )


async def _try_linked_column(tables: TableCache, table: str, layout: Layout, name: str) -> Column | str:
    try:
        return await _linked_column(tables, table, layout, name)
    except ChatSyncError as error:
        return text("the definition of the linked table cannot be read: {reason}", reason=error.text)


async def _linked_column(tables: TableCache, table: str, layout: Layout, name: str) -> Column | str:
    """Return the linked column, or the reason why it cannot be shown."""
    alias, _, own_name = name.partition(".")
    through: list[str] = []
    by = ""
    for step in layout.links.get(alias, ()):
        lookups = await tables.lookups(table)
        target = (step.column, step.table, step.key)
        navigation = next((each.navigation for each in lookups if (each.column, each.table, each.key) == target), None)
        if navigation is None:
            return text("the view's link is one-to-many, and a note shows one value")
        through.append(navigation)
        by = await _column_label(tables, table, step.column)
        table = step.table
    if not through:
        return text("the view does not have this link")
    linked = (await tables.with_columns(table, [own_name])).columns.get(own_name)
    if linked is None:
        return text("the linked table does not have this column")
    # Dataverse labels such a column in the same way: "Email (Primary contact)".
    return replace(linked, name=name, label=f"{linked.label} ({by})", through=tuple(through))


async def _column_label(tables: TableCache, table: str, column: str) -> str:
    found = (await tables.with_columns(table, [column])).columns.get(column)
    return found.label if found else column
