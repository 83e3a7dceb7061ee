"""Read requests for rows, columns, and collections."""

from collections.abc import Iterable
from http import HTTPStatus

from aiohttp import web
from yarl import URL

from bot.sandbox.dataverse.odata.columns import column_of
from bot.sandbox.dataverse.odata.listing import matching, page_of
from bot.sandbox.dataverse.odata.options import APPLY, PAGE_AT_MOST, ROW_OPTIONS, Query, query_of
from bot.sandbox.dataverse.odata.related import collection_table, related_rows
from bot.sandbox.dataverse.schema.model import Table
from bot.sandbox.dataverse.security.model import Right
from bot.sandbox.dataverse.web_api.aggregating import applied
from bot.sandbox.dataverse.web_api.fetching import asks_by_fetch, fetched
from bot.sandbox.dataverse.web_api.request_context import Exchange
from bot.sandbox.dataverse.web_api.tracking import asks_for_changes, changes, count_of_changes
from bot.sandbox.errors import unknown_segment
from bot.sandbox.values import Json, Ref, Row

_COUNTED = "Microsoft.Dynamics.CRM.totalrecordcount"
_MORE = "Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded"


def row_set(exchange: Exchange, table: Table) -> web.Response:
    """Return a table's rows."""
    exchange.caller.require_held(Right.READ, table)
    if asks_for_changes(exchange):
        return changes(exchange, table)
    if asks_by_fetch(exchange):
        return fetched(exchange, table)
    if APPLY in exchange.request.query:
        return applied(exchange, table, exchange.caller.readable(table))
    return _list(exchange, table, exchange.caller.readable(table))


def count(exchange: Exchange, table: Table) -> web.Response:
    """Return the number of a table's rows that the caller may read, as plain text."""
    exchange.caller.require_held(Right.READ, table)
    if asks_for_changes(exchange):
        return count_of_changes(exchange, table)
    return _counted(exchange, table, exchange.caller.readable(table))


def count_related(exchange: Exchange, table: Table, row_id: str, name: str) -> web.Response:
    """Return the number of rows in a row's collection, as plain text."""
    row = exchange.caller.read(table, row_id)
    other = collection_table(exchange.caller, table, name)
    if other is None:
        raise unknown_segment(name)
    return _counted(exchange, other, related_rows(exchange.caller, row, name))


def single(exchange: Exchange, table: Table, row_id: str) -> web.Response:
    """Return a row by its ID."""
    return row_answer(exchange, exchange.caller.read(table, row_id))


def row_answer(exchange: Exchange, row: Row) -> web.Response:
    """Return a row that the caller may read."""
    table = exchange.caller.schema[row.table]
    query = query_of(exchange.request.query.items(), ROW_OPTIONS)
    exchange.answers.check(table, query)
    if _not_modified(exchange, query, row):
        return web.Response(status=HTTPStatus.NOT_MODIFIED, headers={"OData-Version": "4.0", "ETag": row.etag})
    return exchange.json(body_of(exchange, row, query), headers={"ETag": row.etag})


def body_of(exchange: Exchange, row: Row, query: Query) -> Json:
    """Return a row's JSON with its context URL."""
    context = exchange.answers.context(exchange.caller.schema[row.table], query, single=True)
    return {"@odata.context": context, **exchange.answers.row(row, query)}


def navigation(exchange: Exchange, table: Table, row_id: str, name: str) -> web.Response:
    """Return the collection, related row, or column value that a row's property names."""
    row = exchange.caller.read(table, row_id)
    other = collection_table(exchange.caller, table, name)
    if other:
        return _list(exchange, other, related_rows(exchange.caller, row, name))
    if name in table.navigations:
        return _related(exchange, table, row, name)
    if name in table.by_wire_name:
        return _column(exchange, table, row, name)
    raise unknown_segment(name)


def _related(exchange: Exchange, table: Table, row: Row, name: str) -> web.Response:
    column, target = table.navigations[name]
    value = exchange.caller.value(row, column)
    if not isinstance(value, Ref) or (target and value.table != target.table):
        return exchange.nothing()
    return single(exchange, exchange.caller.schema[value.table], value.id)


def _column(exchange: Exchange, table: Table, row: Row, name: str) -> web.Response:
    value = exchange.answers.row(row, Query(select=(column_of(table, name).wire_name,)))[name]
    if value is None:
        return exchange.nothing()
    context = f"{exchange.base}/$metadata#{table.set_name}({row.id})/{name}"
    return exchange.json({"@odata.context": context, "value": value})


def _counted(exchange: Exchange, table: Table, rows: Iterable[Row]) -> web.Response:
    query = query_of(exchange.request.query.items(), {"$filter"})
    found = matching(exchange.caller, table, rows, query)
    return web.Response(text=str(min(len(found), PAGE_AT_MOST)), headers={"OData-Version": "4.0"})


def _list(exchange: Exchange, table: Table, rows: Iterable[Row]) -> web.Response:
    query = query_of(exchange.request.query.items())
    answers, wants = exchange.answers, exchange.preferences.wants
    answers.check(table, query)
    page = page_of(matching(exchange.caller, table, rows, query), query, exchange.preferences.page_size)
    total = min(page.total, PAGE_AT_MOST) if query.count else -1
    body: dict[str, Json] = {"@odata.context": answers.context(table, query)}
    if query.count:
        body["@odata.count"] = total
    if wants(_COUNTED):
        body[f"@{_COUNTED}"] = total
    if wants(_MORE):
        body[f"@{_MORE}"] = query.count and page.total > PAGE_AT_MOST
    body["value"] = [answers.row(row, query) for row in page.rows]
    if page.next_token:
        body["@odata.nextLink"] = _next(exchange, page.next_token)
    return exchange.json(body)


def _next(exchange: Exchange, token: str) -> str:
    """Return this page's address with a skip token, which is the address of the next page."""
    resource = exchange.request.path
    parameters = [(name, value) for name, value in exchange.request.query.items() if name != "$skiptoken"]
    return str((URL(exchange.base) / resource).with_query([*parameters, ("$skiptoken", token)]))


def _not_modified(exchange: Exchange, query: Query, row: Row) -> bool:
    """Return True if the client's copy is current. ETags cover neither expanded rows nor annotations.

    The rule is from "Conditional retrievals".
    """
    plain = not query.expand and not exchange.preferences.annotations
    return plain and exchange.header("If-None-Match") == row.etag
