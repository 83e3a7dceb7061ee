"""Rows created, changed and deleted."""

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
    """A transaction of one request."""

    draft: Draft
    changer: Changer


@asynccontextmanager
async def change(exchange: Exchange) -> AsyncIterator[Change]:
    """A transaction; what its events set off is kept along with it."""
    dataverse, at = exchange.dataverse, exchange.dataverse.now()
    async with _transaction(exchange) as draft:
        changer = Changer(exchange.caller, draft, at)
        yield Change(draft=draft, changer=changer)
        for event in changer.events:
            if event.after:
                require_registrable(draft, event.after, dataverse.settings.webhook_url)
        put_jobs(draft, exchange.caller, changer.events, at)


def _transaction(exchange: Exchange) -> AbstractAsyncContextManager[Draft]:
    """The change set's transaction, or one of the request's own."""
    return nullcontext(exchange.draft) if exchange.draft else exchange.dataverse.store.change()


async def create(exchange: Exchange, table: Table) -> web.Response:
    """A new row."""
    payload, query = payload_of(exchange.caller.schema, table, await exchange.body()), _asked(exchange, table)
    async with change(exchange) as made:
        row = made.changer.create(table, payload)
    return _written(exchange, row, query, HTTPStatus.CREATED)


async def upsert(
    exchange: Exchange, table: Table, row_id: str | None, key: Mapping[str, Value] | None = None
) -> web.Response:
    """A changed row, or a new one where there is none and the headers allow it; it gets the alternate key's values."""
    payload, query = payload_of(exchange.caller.schema, table, await exchange.body()), _asked(exchange, table)
    payload = replace(payload, values={**(key or {}), **payload.values})
    async with change(exchange) as made:
        current = made.draft.get(table.name, row_id) if row_id else None
        _require_match(exchange, table, row_id or "", current)
        row = made.changer.update(current, payload) if current else made.changer.create(table, payload, row_id)
    return _written(exchange, row, query, HTTPStatus.OK if current else HTTPStatus.CREATED)


async def delete(exchange: Exchange, table: Table, row_id: str) -> web.Response:
    """A row taken out."""
    async with change(exchange) as made:
        current = made.draft.get(table.name, row_id)
        if current is None:
            raise no_such_row(table, row_id)
        _require_match(exchange, table, row_id, current)
        made.changer.delete(current)
    return exchange.nothing()


async def set_property(exchange: Exchange, table: Table, row_id: str, name: str) -> web.Response:
    """One column changed by itself, or an activity's parties all anew."""
    if name == f"{table.name}{PARTIES}" and table.is_activity:
        return await replace_parties(exchange, table, row_id)
    if name not in table.by_wire_name:
        raise unknown_segment(name)
    return await _change_column(exchange, table, row_id, {name: (await exchange.body()).get("value")})


async def empty_property(exchange: Exchange, table: Table, row_id: str, name: str) -> web.Response:
    """One column emptied by itself."""
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
    """An activity's parties, all anew ("Associate tables on update using collection-valued navigation property")."""
    parties = parties_of(exchange.caller.schema, (await exchange.body()).get("value"))
    async with change(exchange) as made:
        current = made.draft.get(table.name, row_id)
        if current is None:
            raise no_such_row(table, row_id)
        made.changer.update(current, Payload(parties=parties))
    return exchange.nothing()


def _require_match(exchange: Exchange, table: Table, row_id: str, current: Row | None) -> None:
    """The conditions of `If-Match` and `If-None-Match` ("Perform conditional operations")."""
    wanted = exchange.header("If-Match")
    if current is None:
        if wanted is not None:
            raise no_such_row(table, row_id)
        return
    # Who may not see the row learns nothing of its version.
    exchange.caller.require(Right.READ, current)
    if exchange.header("If-None-Match") == ANY:
        raise already_there()
    if wanted not in {None, ANY, current.etag}:
        raise version_mismatch()


def _asked(exchange: Exchange, table: Table) -> Query | None:
    """What of the row is to come back, if anything: found wrong before the change is made, not after."""
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
