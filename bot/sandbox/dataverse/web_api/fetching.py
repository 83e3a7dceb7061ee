"""FetchXML queries, given in the address or stored as a view."""

from collections.abc import Iterator, Sequence
from functools import partial
from urllib.parse import quote

import orjson
from aiohttp import web

from bot.sandbox.dataverse.fetchxml.aggregates import grouped
from bot.sandbox.dataverse.fetchxml.joins import ROOT, Joins
from bot.sandbox.dataverse.fetchxml.model import Fetch
from bot.sandbox.dataverse.fetchxml.operators import Asker
from bot.sandbox.dataverse.fetchxml.order import Entry, ordered, page
from bot.sandbox.dataverse.fetchxml.parse import parse_fetch
from bot.sandbox.dataverse.fetchxml.writing import Writer
from bot.sandbox.dataverse.odata.options import FETCH, PAGE_AT_MOST, PERSONAL_VIEW, VIEW, query_of
from bot.sandbox.dataverse.schema.model import Table
from bot.sandbox.dataverse.security.model import Right
from bot.sandbox.dataverse.web_api.request_context import Exchange
from bot.sandbox.errors import bad_query
from bot.sandbox.guids import as_guid
from bot.sandbox.values import Json

_VIEWS = {VIEW: "savedquery", PERSONAL_VIEW: "userquery"}
_COOKIE = "Microsoft.Dynamics.CRM.fetchxmlpagingcookie"
_MORE = "Microsoft.Dynamics.CRM.morerecords"


def asks_by_fetch(exchange: Exchange) -> bool:
    """Return True if the request contains a FetchXML query or names a view."""
    return any(name in exchange.request.query for name in (FETCH, *_VIEWS))


def fetched(exchange: Exchange, table: Table) -> web.Response:
    """Run the query. Raise `DataverseError` if it is invalid or the caller lacks the privileges."""
    query = query_of(exchange.request.query.items(), {FETCH, *_VIEWS, "$count"})
    fetch = parse_fetch(_text(exchange, table))
    if fetch.entity.table != table.name:
        raise bad_query(f"The entity '{fetch.entity.table[:100]}' of the query is not that of '{table.set_name}'.")
    joins = _joins(exchange, fetch)
    writer = Writer(exchange.answers, joins, fetch)
    entries = list(_entries(exchange, fetch, joins, writer))
    shown, more = page(fetch, entries)
    body: dict[str, Json] = {"@odata.context": _context(exchange, table, writer)}
    if query.count:
        body["@odata.count"] = min(len(entries), PAGE_AT_MOST)
    body.update(_paging(exchange, fetch, table, shown, more=more))
    return exchange.json({**body, "value": [entry.body() for entry in shown]})


def _text(exchange: Exchange, table: Table) -> str:
    """Return the FetchXML in the request or in the view that it names."""
    given = exchange.request.query
    named = [name for name in (FETCH, *_VIEWS) if name in given]
    if len(named) != 1:
        raise bad_query(f"Only one of {', '.join((FETCH, *_VIEWS))} can be given.")
    if named[0] == FETCH:
        return given[FETCH]
    view_id = as_guid(given[named[0]])
    if view_id is None:
        raise bad_query(f"The value of '{named[0]}' must be the GUID of a view.")
    view = exchange.caller.read(exchange.caller.schema[_VIEWS[named[0]]], view_id)
    if view.text("returnedtypecode") != table.name:
        raise bad_query(f"The view is of '{view.text('returnedtypecode')}', not of '{table.name}'.")
    return view.text("fetchxml")


def _joins(exchange: Exchange, fetch: Fetch) -> Joins:
    caller, user = exchange.caller, exchange.caller.user
    unit = user.target("businessunitid")
    teams = caller.rows.where("teammembership", systemuserid=user.ref)
    asker = Asker(
        user=user.id,
        unit=unit.id if unit else "",
        teams=frozenset(team.id for each in teams if (team := each.target("teamid"))),
        now=exchange.dataverse.now(),
    )
    joins = Joins(caller, fetch, asker)
    for alias in joins.nodes:
        if joins.table(alias).set_name:
            caller.require_held(Right.READ, joins.table(alias))
    return joins


def _entries(exchange: Exchange, fetch: Fetch, joins: Joins, writer: Writer) -> Iterator[Entry]:
    if fetch.aggregate:
        for cells in grouped(joins, joins.rows()):
            yield Entry(body=partial(writer.group, cells))
        return
    seen: set[bytes] = set()
    for found in ordered(exchange.caller, fetch, joins, joins.rows()):
        row = found[ROOT]
        if not fetch.distinct:
            yield Entry(body=partial(writer.row, found), id=row.id if row else None)
            continue
        body = writer.row(found)
        key = orjson.dumps(body)
        if key not in seen:
            seen.add(key)
            yield Entry(body=partial(dict, body))


def _context(exchange: Exchange, table: Table, writer: Writer) -> str:
    return f"{exchange.base}/$metadata#{table.set_name}({','.join(writer.names)})"


def _paging(exchange: Exchange, fetch: Fetch, table: Table, shown: Sequence[Entry], *, more: bool) -> dict[str, Json]:
    """Return the paging annotations. Like on Dataverse, a query that is ordered by a linked table has no cookie."""
    wants, found = exchange.preferences.wants, dict[str, Json]()
    by_link = any(node.orders for node in list(fetch.entity.walk())[1:])
    if more and wants(_COOKIE) and shown and shown[-1].id and not by_link:
        found[f"@{_COOKIE}"] = _cookie(fetch, table, shown[0].id or "", shown[-1].id)
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
