"""Read requests for rows, columns, and collections."""

from collections.abc import Iterable
from http import HTTPStatus

from aiohttp import web
from yarl import URL

from bot.sandbox.dataverse.odata.columns import column_of
from bot.sandbox.dataverse.odata.listing import paginate, select_rows
from bot.sandbox.dataverse.odata.options import APPLY, MAX_PAGE_SIZE, ROW_OPTIONS, Query, parse_query
from bot.sandbox.dataverse.odata.related import collection_table, related_rows
from bot.sandbox.dataverse.schema.model import Table
from bot.sandbox.dataverse.security.model import Right
from bot.sandbox.dataverse.web_api.aggregating import aggregate_rows
from bot.sandbox.dataverse.web_api.fetching import is_fetch_query, run_fetch
from bot.sandbox.dataverse.web_api.request_context import RequestContext
from bot.sandbox.dataverse.web_api.tracking import count_changes, is_change_query, list_changes
from bot.sandbox.errors import unknown_segment
from bot.sandbox.values import Json, Ref, Row

_COUNTED = "Microsoft.Dynamics.CRM.totalrecordcount"
_MORE = "Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded"


def list_rows(ctx: RequestContext, table: Table) -> web.Response:
    """Return a table's rows."""
    ctx.caller.require_privilege(Right.READ, table)
    if is_change_query(ctx):
        return list_changes(ctx, table)
    if is_fetch_query(ctx):
        return run_fetch(ctx, table)
    if APPLY in ctx.request.query:
        return aggregate_rows(ctx, table, ctx.caller.readable(table))
    return _list_response(ctx, table, ctx.caller.readable(table))


def count(ctx: RequestContext, table: Table) -> web.Response:
    """Return the number of a table's rows that the caller may read, as plain text."""
    ctx.caller.require_privilege(Right.READ, table)
    if is_change_query(ctx):
        return count_changes(ctx, table)
    return _count_response(ctx, table, ctx.caller.readable(table))


def count_related(ctx: RequestContext, table: Table, row_id: str, name: str) -> web.Response:
    """Return the number of rows in a row's collection, as plain text."""
    row = ctx.caller.read(table, row_id)
    other = collection_table(ctx.caller, table, name)
    if other is None:
        raise unknown_segment(name)
    return _count_response(ctx, other, related_rows(ctx.caller, row, name))


def read_row(ctx: RequestContext, table: Table, row_id: str) -> web.Response:
    """Return a row by its ID."""
    return row_response(ctx, ctx.caller.read(table, row_id))


def row_response(ctx: RequestContext, row: Row) -> web.Response:
    """Return a row that the caller may read."""
    table = ctx.caller.schema[row.table]
    query = parse_query(ctx.request.query.items(), ROW_OPTIONS)
    ctx.serializer.validate(table, query)
    if _not_modified(ctx, query, row):
        return web.Response(status=HTTPStatus.NOT_MODIFIED, headers={"OData-Version": "4.0", "ETag": row.etag})
    return ctx.json(row_body(ctx, row, query), headers={"ETag": row.etag})


def row_body(ctx: RequestContext, row: Row, query: Query) -> Json:
    """Return a row's JSON with its context URL."""
    context = ctx.serializer.context(ctx.caller.schema[row.table], query, single=True)
    return {"@odata.context": context, **ctx.serializer.row(row, query)}


def read_property(ctx: RequestContext, table: Table, row_id: str, name: str) -> web.Response:
    """Return the collection, related row, or column value that a row's property names."""
    row = ctx.caller.read(table, row_id)
    other = collection_table(ctx.caller, table, name)
    if other:
        return _list_response(ctx, other, related_rows(ctx.caller, row, name))
    if name in table.navigations:
        return _related_response(ctx, table, row, name)
    if name in table.by_wire_name:
        return _column_response(ctx, table, row, name)
    raise unknown_segment(name)


def _related_response(ctx: RequestContext, table: Table, row: Row, name: str) -> web.Response:
    column, target = table.navigations[name]
    value = ctx.caller.value(row, column)
    if not isinstance(value, Ref) or (target and value.table != target.table):
        return ctx.no_content()
    return read_row(ctx, ctx.caller.schema[value.table], value.id)


def _column_response(ctx: RequestContext, table: Table, row: Row, name: str) -> web.Response:
    value = ctx.serializer.row(row, Query(select=(column_of(table, name).wire_name,)))[name]
    if value is None:
        return ctx.no_content()
    context = f"{ctx.base}/$metadata#{table.set_name}({row.id})/{name}"
    return ctx.json({"@odata.context": context, "value": value})


def _count_response(ctx: RequestContext, table: Table, rows: Iterable[Row]) -> web.Response:
    query = parse_query(ctx.request.query.items(), {"$filter"})
    found = select_rows(ctx.caller, table, rows, query)
    return web.Response(text=str(min(len(found), MAX_PAGE_SIZE)), headers={"OData-Version": "4.0"})


def _list_response(ctx: RequestContext, table: Table, rows: Iterable[Row]) -> web.Response:
    query = parse_query(ctx.request.query.items())
    serializer, wants = ctx.serializer, ctx.preferences.wants
    serializer.validate(table, query)
    page = paginate(select_rows(ctx.caller, table, rows, query), query, ctx.preferences.page_size)
    total = min(page.total, MAX_PAGE_SIZE) if query.count else -1
    body: dict[str, Json] = {"@odata.context": serializer.context(table, query)}
    if query.count:
        body["@odata.count"] = total
    if wants(_COUNTED):
        body[f"@{_COUNTED}"] = total
    if wants(_MORE):
        body[f"@{_MORE}"] = query.count and page.total > MAX_PAGE_SIZE
    body["value"] = [serializer.row(row, query) for row in page.rows]
    if page.next_token:
        body["@odata.nextLink"] = _next_link(ctx, page.next_token)
    return ctx.json(body)


def _next_link(ctx: RequestContext, token: str) -> str:
    """Return this page's address with a skip token, which is the address of the next page."""
    resource = ctx.request.path
    parameters = [(name, value) for name, value in ctx.request.query.items() if name != "$skiptoken"]
    return str((URL(ctx.base) / resource).with_query([*parameters, ("$skiptoken", token)]))


def _not_modified(ctx: RequestContext, query: Query, row: Row) -> bool:
    """Return True if the client's copy is current. ETags cover neither expanded rows nor annotations.

    The rule is from "Conditional retrievals".
    """
    plain = not query.expand and not ctx.preferences.annotations
    return plain and ctx.header("If-None-Match") == row.etag
