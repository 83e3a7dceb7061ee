"""Write requests: create, update, and delete."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, replace
from http import HTTPStatus

from aiohttp import web

from bot.sandbox.dataverse.odata.options import ROW_OPTIONS, Query, parse_query
from bot.sandbox.dataverse.schema.model import Table
from bot.sandbox.dataverse.security.model import Right
from bot.sandbox.dataverse.web_api.reading import row_body
from bot.sandbox.dataverse.web_api.request_context import ADDRESS, RequestContext
from bot.sandbox.dataverse.webhook.jobs import add_jobs
from bot.sandbox.dataverse.webhook.registration import require_supported
from bot.sandbox.dataverse.writes.change import RowWriter
from bot.sandbox.dataverse.writes.customizations import apply_customization_rules
from bot.sandbox.dataverse.writes.payload import PARTIES, Payload, parse_parties, parse_payload
from bot.sandbox.errors import already_exists, bad_query, no_such_row, unknown_segment, version_mismatch
from bot.sandbox.storage.rows import Transaction
from bot.sandbox.values import JsonObject, Row, Value

ANY = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteScope:
    """The transaction of a request and the writer that changes rows in it."""

    transaction: Transaction
    writer: RowWriter


@asynccontextmanager
async def write_scope(ctx: RequestContext) -> AsyncIterator[WriteScope]:
    """Open a transaction. The system jobs for its events are stored in the same transaction."""
    dataverse, at = ctx.dataverse, ctx.dataverse.now()
    async with _transaction(ctx) as transaction:
        writer = RowWriter(ctx.caller, transaction, at)
        yield WriteScope(transaction=transaction, writer=writer)
        for event in writer.events:
            apply_customization_rules(transaction, event)
            if event.after:
                require_supported(transaction, event.after, dataverse.settings.webhook_url)
        add_jobs(transaction, ctx.caller, writer.events, at)


def _transaction(ctx: RequestContext) -> AbstractAsyncContextManager[Transaction]:
    """Return the change set's transaction, or a new one for this request."""
    return nullcontext(ctx.transaction) if ctx.transaction else ctx.dataverse.store.transaction()


async def create(ctx: RequestContext, table: Table) -> web.Response:
    """Create a row."""
    payload, query = parse_payload(ctx.caller.schema, table, await ctx.body()), _representation_query(ctx, table)
    async with write_scope(ctx) as scope:
        _require_solution(ctx, scope.transaction)
        row = scope.writer.create(table, payload)
    return _write_response(ctx, row, query, HTTPStatus.CREATED)


def _require_solution(ctx: RequestContext, transaction: Transaction) -> None:
    """Require that the solution in the header exists, which the row becomes a component of."""
    name = ctx.header("MSCRM.SolutionUniqueName")
    if name is not None and all(row.text("uniquename") != name for row in transaction.all("solution")):
        raise bad_query(f"There is no solution with the unique name '{name[:100]}'.")


async def upsert(
    ctx: RequestContext, table: Table, row_id: str | None, key: Mapping[str, Value] | None = None
) -> web.Response:
    """Update a row, or create it if it does not exist and the headers allow it.

    A new row gets the values of the alternate key.
    """
    payload, query = parse_payload(ctx.caller.schema, table, await ctx.body()), _representation_query(ctx, table)
    payload = replace(payload, values={**(key or {}), **payload.values})
    async with write_scope(ctx) as scope:
        current = scope.transaction.get(table.name, row_id) if row_id else None
        _require_match(ctx, table, row_id or "", current)
        row = scope.writer.update(current, payload) if current else scope.writer.create(table, payload, row_id)
    return _write_response(ctx, row, query, HTTPStatus.OK if current else HTTPStatus.CREATED)


async def delete(ctx: RequestContext, table: Table, row_id: str) -> web.Response:
    """Delete a row."""
    async with write_scope(ctx) as scope:
        current = scope.transaction.get(table.name, row_id)
        if current is None:
            raise no_such_row(table, row_id)
        _require_match(ctx, table, row_id, current)
        scope.writer.delete(current)
    return ctx.no_content()


async def set_property(ctx: RequestContext, table: Table, row_id: str, name: str) -> web.Response:
    """Set one column, or replace an activity's parties."""
    if name == f"{table.name}{PARTIES}" and table.is_activity:
        return await replace_parties(ctx, table, row_id)
    if name not in table.by_wire_name:
        raise unknown_segment(name)
    return await _update_column(ctx, table, row_id, {name: (await ctx.body()).get("value")})


async def clear_property(ctx: RequestContext, table: Table, row_id: str, name: str) -> web.Response:
    """Clear one column."""
    if name not in table.by_wire_name:
        raise unknown_segment(name)
    return await _update_column(ctx, table, row_id, {name: None})


async def _update_column(ctx: RequestContext, table: Table, row_id: str, body: JsonObject) -> web.Response:
    payload = parse_payload(ctx.caller.schema, table, body)
    async with write_scope(ctx) as scope:
        current = scope.transaction.get(table.name, row_id)
        if current is None:
            raise no_such_row(table, row_id)
        _require_match(ctx, table, row_id, current)
        scope.writer.update(current, payload)
    return ctx.no_content()


async def replace_parties(ctx: RequestContext, table: Table, row_id: str) -> web.Response:
    """Replace an activity's parties ("Associate tables on update using collection-valued navigation property")."""
    parties = parse_parties(ctx.caller.schema, (await ctx.body()).get("value"))
    async with write_scope(ctx) as scope:
        current = scope.transaction.get(table.name, row_id)
        if current is None:
            raise no_such_row(table, row_id)
        scope.writer.update(current, Payload(parties=parties))
    return ctx.no_content()


def _require_match(ctx: RequestContext, table: Table, row_id: str, current: Row | None) -> None:
    """Check `If-Match` and `If-None-Match` ("Perform conditional operations")."""
    if_match = ctx.header("If-Match")
    if current is None:
        if if_match is not None:
            raise no_such_row(table, row_id)
        return
    # A caller who may not read the row must not learn its version.
    ctx.caller.require(Right.READ, current)
    if ctx.header("If-None-Match") == ANY:
        raise already_exists()
    if if_match not in {None, ANY, current.etag}:
        raise version_mismatch()


def _representation_query(ctx: RequestContext, table: Table) -> Query | None:
    """Return the query for the representation to return, or None. It is validated before the change."""
    if not ctx.preferences.representation:
        return None
    query = parse_query(ctx.request.query.items(), ROW_OPTIONS)
    ctx.serializer.validate(table, query)
    return query


def _write_response(ctx: RequestContext, row: Row, query: Query | None, status: HTTPStatus) -> web.Response:
    address = ctx.serializer.address(ctx.caller.schema[row.table], row.id)
    if query is None or not ctx.caller.may(Right.READ, row):
        response = ctx.no_content({"OData-EntityId": address})
    else:
        response = ctx.json(row_body(ctx, row, query), status, {"ETag": row.etag})
    response[ADDRESS] = address
    return response
