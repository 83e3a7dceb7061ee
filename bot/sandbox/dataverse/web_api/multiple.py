"""Bulk operations on rows of one table: `CreateMultiple`, `UpdateMultiple`, `UpsertMultiple`.

Each request is one transaction that succeeds or fails as a whole ("Use bulk operation messages").
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from aiohttp import web

from bot.sandbox.dataverse.schema.model import Table
from bot.sandbox.dataverse.web_api.functions import NAMESPACE
from bot.sandbox.dataverse.web_api.keys import KeyValues, key_values, row_with
from bot.sandbox.dataverse.web_api.path import key_of, segments
from bot.sandbox.dataverse.web_api.request_context import LARGEST_BATCH, Exchange
from bot.sandbox.dataverse.web_api.writing import Change, change
from bot.sandbox.dataverse.writes.payload import Payload, payload_of
from bot.sandbox.errors import bad_query, no_such_row, not_offered
from bot.sandbox.values import Json, JsonObject, Row

TARGETS_AT_MOST = 1_000
"""Maximum number of rows in a request. "Use bulk operation messages" recommends 100 to 1,000."""

Act: TypeAlias = Callable[[Exchange, Table], Awaitable[web.Response]]


def action(table: Table, name: str) -> Act:
    """Return the handler of an action. Raise `DataverseError` if the sandbox does not support it."""
    found = _ACTIONS.get(name.removeprefix(NAMESPACE))
    if found is None:
        raise not_offered(f"the action '{name[:100]}' of {table.set_name}")
    return found


async def _create(exchange: Exchange, table: Table) -> web.Response:
    targets = [payload_of(exchange.caller.schema, table, each) for each in await _targets(exchange)]
    async with change(exchange) as made:
        rows = [made.changer.create(table, each) for each in targets]
    return _answer(exchange, "CreateMultipleResponse", {"Ids": [row.id for row in rows]})


async def _update(exchange: Exchange, table: Table) -> web.Response:
    targets = [payload_of(exchange.caller.schema, table, each) for each in await _targets(exchange)]
    async with change(exchange) as made:
        for each in targets:
            row = made.draft.get(table.name, each.row_id or "")
            if row is None:
                raise no_such_row(table, each.row_id or "")
            made.changer.update(row, each)
    return exchange.nothing()


async def _upsert(exchange: Exchange, table: Table) -> web.Response:
    results: list[Json] = []
    given = [(payload_of(exchange.caller.schema, table, each), _key(table, each)) for each in await _targets(exchange)]
    async with change(exchange) as made:
        for payload, key in given:
            row, created = _upserted(made, table, payload, key)
            results.append({"RecordCreated": created, "Target": {table.primary_id: row.id}})
    return _answer(exchange, "UpsertMultipleResponse", {"Results": results})


def _key(table: Table, target: JsonObject) -> KeyValues | str | None:
    """Return the key in a target's `@odata.id`, or None."""
    address = target.get("@odata.id")
    if not isinstance(address, str):
        return None
    segment = segments(address.strip("/"))[-1]
    if segment.name != table.set_name:
        raise bad_query(f"'{address[:200]}' does not name a row of {table.name}.")
    return key_values(table, segment) or key_of(table, segment)


def _upserted(made: Change, table: Table, payload: Payload, key: KeyValues | str | None) -> tuple[Row, bool]:
    row_id = key if isinstance(key, str) else payload.row_id
    if isinstance(key, Mapping):
        current = row_with(made.draft.all(table.name), key)
        payload = Payload(values={**key, **payload.values}, row_id=payload.row_id, parties=payload.parties)
    else:
        current = made.draft.get(table.name, row_id or "")
    if current:
        return made.changer.update(current, payload), False
    return made.changer.create(table, payload, row_id), True


async def _targets(exchange: Exchange) -> list[JsonObject]:
    found = (await exchange.body(LARGEST_BATCH)).get("Targets")
    targets: list[JsonObject] = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    if not isinstance(found, list) or not targets or len(targets) != len(found) or len(found) > TARGETS_AT_MOST:
        raise bad_query(f"The parameter Targets must be a list of 1 to {TARGETS_AT_MOST} rows.")
    return targets


def _answer(exchange: Exchange, name: str, body: Mapping[str, Json]) -> web.Response:
    return exchange.json({"@odata.context": f"{exchange.base}/$metadata#{NAMESPACE}{name}", **body})


_ACTIONS: Mapping[str, Act] = {"CreateMultiple": _create, "UpdateMultiple": _update, "UpsertMultiple": _upsert}
