"""Bulk operations on rows of one table: `CreateMultiple`, `UpdateMultiple`, `UpsertMultiple`.

Each request is one transaction that succeeds or fails as a whole ("Use bulk operation messages").
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from aiohttp import web

from bot.sandbox.dataverse.schema.model import Table
from bot.sandbox.dataverse.web_api.functions import NAMESPACE
from bot.sandbox.dataverse.web_api.keys import KeyValues, find_by_key, key_values
from bot.sandbox.dataverse.web_api.path import parse_path, parse_row_id
from bot.sandbox.dataverse.web_api.request_context import MAX_BATCH_BYTES, RequestContext
from bot.sandbox.dataverse.web_api.writing import WriteScope, write_scope
from bot.sandbox.dataverse.writes.payload import Payload, parse_payload
from bot.sandbox.errors import bad_query, no_such_row, not_implemented
from bot.sandbox.values import Json, JsonObject, Row

MAX_TARGETS = 1_000
"""Maximum number of rows in a request. "Use bulk operation messages" recommends 100 to 1,000."""

Action: TypeAlias = Callable[[RequestContext, Table], Awaitable[web.Response]]


def find_action(table: Table, name: str) -> Action:
    """Return the handler of an action. Raise `DataverseError` if the sandbox does not support it."""
    found = _ACTIONS.get(name.removeprefix(NAMESPACE))
    if found is None:
        raise not_implemented(f"the action '{name[:100]}' of {table.set_name}")
    return found


async def _create(ctx: RequestContext, table: Table) -> web.Response:
    targets = [parse_payload(ctx.caller.schema, table, each) for each in await _targets(ctx)]
    async with write_scope(ctx) as scope:
        rows = [scope.writer.create(table, each) for each in targets]
    return _response(ctx, "CreateMultipleResponse", {"Ids": [row.id for row in rows]})


async def _update(ctx: RequestContext, table: Table) -> web.Response:
    targets = [parse_payload(ctx.caller.schema, table, each) for each in await _targets(ctx)]
    async with write_scope(ctx) as scope:
        for each in targets:
            row = scope.transaction.get(table.name, each.row_id or "")
            if row is None:
                raise no_such_row(table, each.row_id or "")
            scope.writer.update(row, each)
    return ctx.no_content()


async def _upsert(ctx: RequestContext, table: Table) -> web.Response:
    results: list[Json] = []
    payloads = [(parse_payload(ctx.caller.schema, table, each), _key(table, each)) for each in await _targets(ctx)]
    async with write_scope(ctx) as scope:
        for payload, key in payloads:
            row, created = _upsert_row(scope, table, payload, key)
            results.append({"RecordCreated": created, "Target": {table.primary_id: row.id}})
    return _response(ctx, "UpsertMultipleResponse", {"Results": results})


def _key(table: Table, target: JsonObject) -> KeyValues | str | None:
    """Return the key in a target's `@odata.id`, or None."""
    address = target.get("@odata.id")
    if not isinstance(address, str):
        return None
    segment = parse_path(address.strip("/"))[-1]
    if segment.name != table.set_name:
        raise bad_query(f"'{address[:200]}' does not identify a row of {table.name}.")
    return key_values(table, segment) or parse_row_id(table, segment)


def _upsert_row(scope: WriteScope, table: Table, payload: Payload, key: KeyValues | str | None) -> tuple[Row, bool]:
    row_id = key if isinstance(key, str) else payload.row_id
    if isinstance(key, Mapping):
        current = find_by_key(scope.transaction.all(table.name), key)
        payload = Payload(values={**key, **payload.values}, row_id=payload.row_id, parties=payload.parties)
    else:
        current = scope.transaction.get(table.name, row_id or "")
    if current:
        return scope.writer.update(current, payload), False
    return scope.writer.create(table, payload, row_id), True


async def _targets(ctx: RequestContext) -> list[JsonObject]:
    found = (await ctx.body(MAX_BATCH_BYTES)).get("Targets")
    targets: list[JsonObject] = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    if not isinstance(found, list) or not targets or len(targets) != len(found) or len(found) > MAX_TARGETS:
        raise bad_query(f"The parameter Targets must be a list of 1 to {MAX_TARGETS} rows.")
    return targets


def _response(ctx: RequestContext, name: str, body: Mapping[str, Json]) -> web.Response:
    return ctx.json({"@odata.context": f"{ctx.base}/$metadata#{NAMESPACE}{name}", **body})


_ACTIONS: Mapping[str, Action] = {"CreateMultiple": _create, "UpdateMultiple": _update, "UpsertMultiple": _upsert}
