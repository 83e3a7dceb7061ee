"""Requests that change references between rows: `$ref`."""

from aiohttp import web

from bot.sandbox.dataverse.odata.related import association_of, collection_table
from bot.sandbox.dataverse.schema.model import ManyToMany, Table
from bot.sandbox.dataverse.web_api.path import Segment, key_of
from bot.sandbox.dataverse.web_api.request_context import Exchange
from bot.sandbox.dataverse.web_api.writing import Change, change
from bot.sandbox.dataverse.writes.associate import associate, disassociate
from bot.sandbox.dataverse.writes.payload import Payload, reference_of
from bot.sandbox.errors import bad_query, no_such_row, not_offered, unknown_segment, wrong_method
from bot.sandbox.values import Ref, Row


async def reference(exchange: Exchange, table: Table, row_id: str, segment: Segment) -> web.Response:
    """Add, set, or remove a reference, depending on the request's method."""
    association = association_of(table, segment.name)
    if association:
        await _associate(exchange, table, row_id, segment, association)
    elif segment.name in table.navigations:
        await _set_lookup(exchange, table, row_id, segment.name)
    elif collection_table(exchange.caller, table, segment.name):
        raise not_offered("references in one-to-many collections; set the lookup on the other row")
    else:
        raise unknown_segment(segment.name)
    return exchange.nothing()


async def _associate(exchange: Exchange, table: Table, row_id: str, segment: Segment, association: ManyToMany) -> None:
    method = exchange.request.method
    if method not in {"POST", "DELETE"}:
        raise wrong_method(method)
    other_table = exchange.caller.schema[association.other_table]
    if segment.argument is not None:
        other = Ref(other_table.name, key_of(other_table, segment))
    else:
        other = await _named(exchange, other_table.name)
    act = associate if method == "POST" else disassociate
    async with change(exchange) as made:
        act(exchange.caller, made.draft, _row(made, table, row_id), _row(made, other_table, other.id), association)


async def _set_lookup(exchange: Exchange, table: Table, row_id: str, navigation: str) -> None:
    method = exchange.request.method
    if method not in {"PUT", "DELETE"}:
        raise wrong_method(method)
    column, target = table.navigations[navigation]
    allowed = (target.table,) if target else tuple(each.table for each in column.targets)
    value = await _named(exchange, *allowed) if method == "PUT" else None
    async with change(exchange) as made:
        made.changer.update(_row(made, table, row_id), Payload(values={column.name: value}))


async def _named(exchange: Exchange, *tables: str) -> Ref:
    """Return the row in the body's `@odata.id`, or in `$id` for a method without a body."""
    by_body = exchange.request.method != "DELETE"
    address = (await exchange.body()).get("@odata.id") if by_body else exchange.request.query.get("$id")
    if not isinstance(address, str):
        raise bad_query("The reference must be given as '@odata.id', or as $id.")
    return reference_of(exchange.caller.schema, address, tables)


def _row(made: Change, table: Table, row_id: str) -> Row:
    row = made.draft.get(table.name, row_id)
    if row is None:
        raise no_such_row(table, row_id)
    return row
