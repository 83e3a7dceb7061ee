"""Write requests: create, update, and delete."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, replace
from http import HTTPStatus

from aiohttp import web

from bot.sandbox.dataverse.odata.options import ROW_OPTIONS, Query, query_of
from bot.sandbox.dataverse.schema.model import Table
from bot.sandbox.dataverse.security.model import Right
from bot.sandbox.dataverse.web_api.reading import body_of
from bot.sandbox.dataverse.web_api.request_context import ADDRESS, Exchange
from bot.sandbox.dataverse.webhook.jobs import put_jobs
from bot.sandbox.dataverse.webhook.registration import require_registrable
from bot.sandbox.dataverse.writes.change import Changer
from bot.sandbox.dataverse.writes.payload import PARTIES, Payload, parties_of, payload_of
from bot.sandbox.errors import already_there, no_such_row, unknown_segment, version_mismatch
from bot.sandbox.storage.rows import Draft
from bot.sandbox.values import JsonObject, Row, Value

ANY = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The transaction of a request and the writer that changes rows in it."""

    draft: Draft
    changer: Changer


@asynccontextmanager
async def change(exchange: Exchange) -> AsyncIterator[Change]:
    """Open a transaction. The system jobs for its events are stored in the same transaction."""
    dataverse, at = exchange.dataverse, exchange.dataverse.now()
    async with _transaction(exchange) as draft:
        changer = Changer(exchange.caller, draft, at)
        yield Change(draft=draft, changer=changer)
        for event in changer.events:
            if event.after:
                require_registrable(draft, event.after, dataverse.settings.webhook_url)
        put_jobs(draft, exchange.caller, changer.events, at)


def _transaction(exchange: Exchange) -> AbstractAsyncContextManager[Draft]:
    """Return the change set's transaction, or a new one for this request."""
    return nullcontext(exchange.draft) if exchange.draft else exchange.dataverse.store.change()


async def create(exchange: Exchange, table: Table) -> web.Response:
    """Create a row."""
    payload, query = payload_of(exchange.caller.schema, table, await exchange.body()), _asked(exchange, table)
    async with change(exchange) as made:
        row = made.changer.create(table, payload)
    return _written(exchange, row, query, HTTPStatus.CREATED)


async def upsert(
    exchange: Exchange, table: Table, row_id: str | None, key: Mapping[str, Value] | None = None
) -> web.Response:
    """Update a row, or create it if it does not exist and the headers allow it.

    A new row gets the values of the alternate key.
    """
    payload, query = payload_of(exchange.caller.schema, table, await exchange.body()), _asked(exchange, table)
    payload = replace(payload, values={**(key or {}), **payload.values})
    async with change(exchange) as made:
        current = made.draft.get(table.name, row_id) if row_id else None
        _require_match(exchange, table, row_id or "", current)
        row = made.changer.update(current, payload) if current else made.changer.create(table, payload, row_id)
    return _written(exchange, row, query, HTTPStatus.OK if current else HTTPStatus.CREATED)


async def delete(exchange: Exchange, table: Table, row_id: str) -> web.Response:
    """Delete a row."""
    async with change(exchange) as made:
        current = made.draft.get(table.name, row_id)
        if current is None:
            raise no_such_row(table, row_id)
        _require_match(exchange, table, row_id, current)
        made.changer.delete(current)
    return exchange.nothing()


async def set_property(exchange: Exchange, table: Table, row_id: str, name: str) -> web.Response:
    """Set one column, or replace an activity's parties."""
    if name == f"{table.name}{PARTIES}" and table.is_activity:
        return await replace_parties(exchange, table, row_id)
    if name not in table.by_wire_name:
        raise unknown_segment(name)
    return await _change_column(exchange, table, row_id, {name: (await exchange.body()).get("value")})


async def empty_property(exchange: Exchange, table: Table, row_id: str, name: str) -> web.Response:
    """Clear one column."""
    if name not in table.by_wire_name:
        raise unknown_segment(name)
    return await _change_column(exchange, table, row_id, {name: None})


async def _change_column(exchange: Exchange, table: Table, row_id: str, body: JsonObject) -> web.Response:
    payload = payload_of(exchange.caller.schema, table, body)
    async with change(exchange) as made:
        current = made.draft.get(table.name, row_id)
        if current is None:
            raise no_such_row(table, row_id)
        _require_match(exchange, table, row_id, current)
        made.changer.update(current, payload)
    return exchange.nothing()


async def replace_parties(exchange: Exchange, table: Table, row_id: str) -> web.Response:
    """Replace an activity's parties ("Associate tables on update using collection-valued navigation property")."""
    parties = parties_of(exchange.caller.schema, (await exchange.body()).get("value"))
    async with change(exchange) as made:
        current = made.draft.get(table.name, row_id)
        if current is None:
            raise no_such_row(table, row_id)
        made.changer.update(current, Payload(parties=parties))
    return exchange.nothing()


def _require_match(exchange: Exchange, table: Table, row_id: str, current: Row | None) -> None:
    """Check `If-Match` and `If-None-Match` ("Perform conditional operations")."""
    wanted = exchange.header("If-Match")
    if current is None:
        if wanted is not None:
            raise no_such_row(table, row_id)
        return
    # A caller who may not read the row must not learn its version.
    exchange.caller.require(Right.READ, current)
    if exchange.header("If-None-Match") == ANY:
        raise already_there()
    if wanted not in {None, ANY, current.etag}:
        raise version_mismatch()


def _asked(exchange: Exchange, table: Table) -> Query | None:
    """Return the query for the representation to return, or None. It is validated before the change."""
    if not exchange.preferences.representation:
        return None
    query = query_of(exchange.request.query.items(), ROW_OPTIONS)
    exchange.answers.check(table, query)
    return query


def _written(exchange: Exchange, row: Row, query: Query | None, status: HTTPStatus) -> web.Response:
    address = exchange.answers.address(exchange.caller.schema[row.table], row.id)
    if query is None or not exchange.caller.may(Right.READ, row):
        response = exchange.nothing({"OData-EntityId": address})
    else:
        response = exchange.json(body_of(exchange, row, query), status, {"ETag": row.etag})
    response[ADDRESS] = address
    return response
