"""FetchXML queries, given in the address or stored as a view."""

from collections.abc import Iterator, Sequence
from functools import partial
from urllib.parse import quote

import orjson
from aiohttp import web

from bot.sandbox.dataverse.fetchxml.aggregates import group_rows
from bot.sandbox.dataverse.fetchxml.joins import ROOT, Joins
from bot.sandbox.dataverse.fetchxml.model import Fetch
from bot.sandbox.dataverse.fetchxml.operators import QueryContext
from bot.sandbox.dataverse.fetchxml.order import Entry, page, sort_rows
from bot.sandbox.dataverse.fetchxml.parse import parse_fetch
from bot.sandbox.dataverse.fetchxml.writing import FetchSerializer
from bot.sandbox.dataverse.odata.options import FETCH, MAX_PAGE_SIZE, PERSONAL_VIEW, VIEW, parse_query
from bot.sandbox.dataverse.schema.model import Table
from bot.sandbox.dataverse.security.model import Right
from bot.sandbox.dataverse.web_api.request_context import RequestContext
from bot.sandbox.errors import bad_query
from bot.sandbox.guids import as_guid
from bot.sandbox.values import Json

_VIEWS = {VIEW: "savedquery", PERSONAL_VIEW: "userquery"}
_COOKIE = "Microsoft.Dynamics.CRM.fetchxmlpagingcookie"
_MORE = "Microsoft.Dynamics.CRM.morerecords"


def is_fetch_query(ctx: RequestContext) -> bool:
    """Return True if the request contains a FetchXML query or names a view."""
    return any(name in ctx.request.query for name in (FETCH, *_VIEWS))


def run_fetch(ctx: RequestContext, table: Table) -> web.Response:
    """Run the query. Raise `DataverseError` if it is invalid or the caller lacks the privileges."""
    query = parse_query(ctx.request.query.items(), {FETCH, *_VIEWS, "$count"})
    fetch = parse_fetch(_fetch_xml(ctx, table))
    if fetch.entity.table != table.name:
        raise bad_query(f"The query's entity '{fetch.entity.table[:100]}' does not match '{table.set_name}'.")
    joins = _build_joins(ctx, fetch)
    serializer = FetchSerializer(ctx.serializer, joins, fetch)
    entries = list(_entries(ctx, fetch, joins, serializer))
    page_entries, more = page(fetch, entries)
    body: dict[str, Json] = {"@odata.context": _context_url(ctx, table, serializer)}
    if query.count:
        body["@odata.count"] = min(len(entries), MAX_PAGE_SIZE)
    body.update(_paging(ctx, fetch, table, page_entries, more=more))
    return ctx.json({**body, "value": [entry.body() for entry in page_entries]})


def _fetch_xml(ctx: RequestContext, table: Table) -> str:
    """Return the FetchXML in the request or in the view that it names."""
    parameters = ctx.request.query
    query_options = [name for name in (FETCH, *_VIEWS) if name in parameters]
    if len(query_options) != 1:
        raise bad_query(f"Only one of {', '.join((FETCH, *_VIEWS))} can be given.")
    if query_options[0] == FETCH:
        return parameters[FETCH]
    view_id = as_guid(parameters[query_options[0]])
    if view_id is None:
        raise bad_query(f"The value of '{query_options[0]}' must be the GUID of a view.")
    view = ctx.caller.read(ctx.caller.schema[_VIEWS[query_options[0]]], view_id)
    if view.text("returnedtypecode") != table.name:
        raise bad_query(f"The view belongs to '{view.text('returnedtypecode')}', not to '{table.name}'.")
    return view.text("fetchxml")


def _build_joins(ctx: RequestContext, fetch: Fetch) -> Joins:
    caller, user = ctx.caller, ctx.caller.user
    unit = user.target("businessunitid")
    teams = caller.rows.where("teammembership", systemuserid=user.ref)
    query_context = QueryContext(
        user=user.id,
        unit=unit.id if unit else "",
        teams=frozenset(team.id for each in teams if (team := each.target("teamid"))),
        now=ctx.dataverse.now(),
    )
    joins = Joins(caller, fetch, query_context)
    for alias in joins.nodes:
        if joins.table(alias).set_name:
            caller.require_privilege(Right.READ, joins.table(alias))
    return joins


def _entries(ctx: RequestContext, fetch: Fetch, joins: Joins, serializer: FetchSerializer) -> Iterator[Entry]:
    if fetch.aggregate:
        for cells in group_rows(joins, joins.rows()):
            yield Entry(body=partial(serializer.group, cells))
        return
    seen: set[bytes] = set()
    for found in sort_rows(ctx.caller, fetch, joins, joins.rows()):
        row = found[ROOT]
        if not fetch.distinct:
            yield Entry(body=partial(serializer.row, found), id=row.id if row else None)
            continue
        body = serializer.row(found)
        key = orjson.dumps(body)
        if key not in seen:
            seen.add(key)
            yield Entry(body=partial(dict, body))


def _context_url(ctx: RequestContext, table: Table, serializer: FetchSerializer) -> str:
    return f"{ctx.base}/$metadata#{table.set_name}({','.join(serializer.names)})"


def _paging(
    ctx: RequestContext, fetch: Fetch, table: Table, page_entries: Sequence[Entry], *, more: bool
) -> dict[str, Json]:
    """Return the paging annotations. Like on Dataverse, a query that is ordered by a linked table has no cookie."""
    wants, found = ctx.preferences.wants, dict[str, Json]()
    by_link = any(node.orders for node in list(fetch.entity.walk())[1:])
    if more and wants(_COOKIE) and page_entries and page_entries[-1].id and not by_link:
        found[f"@{_COOKIE}"] = _cookie(fetch, table, page_entries[0].id or "", page_entries[-1].id)
    if wants(_MORE):
        found[f"@{_MORE}"] = more
    return found


def _cookie(fetch: Fetch, table: Table, first: str, last: str) -> str:
    inner = (
        f'<cookie page="{fetch.page}"><{table.primary_id} last="{{{last.upper()}}}" first="{{{first.upper()}}}" />'
        "</cookie>"
    )
    twice = quote(quote(inner, safe=""), safe="")
    return f'<cookie pagenumber="{fetch.page + 1}" pagingcookie="{twice}" istracking="False" />'
