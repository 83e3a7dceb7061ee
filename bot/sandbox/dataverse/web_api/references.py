"""Requests that change references between rows: `$ref`."""

from aiohttp import web

from bot.sandbox.dataverse.odata.related import collection_table, find_association
from bot.sandbox.dataverse.schema.model import ManyToMany, Table
from bot.sandbox.dataverse.web_api.path import Segment, parse_row_id
from bot.sandbox.dataverse.web_api.request_context import RequestContext
from bot.sandbox.dataverse.web_api.writing import WriteScope, write_scope
from bot.sandbox.dataverse.writes.associate import associate, disassociate
from bot.sandbox.dataverse.writes.payload import Payload, parse_reference
from bot.sandbox.errors import bad_query, no_such_row, not_implemented, unknown_segment, wrong_method
from bot.sandbox.values import Ref, Row


async def change_reference(ctx: RequestContext, table: Table, row_id: str, segment: Segment) -> web.Response:
    """Add, set, or remove a reference, depending on the request's method."""
    association = find_association(table, segment.name)
    if association:
        await _associate(ctx, table, row_id, segment, association)
    elif segment.name in table.navigations:
        await _set_lookup(ctx, table, row_id, segment.name)
    elif collection_table(ctx.caller, table, segment.name):
        raise not_implemented("references in one-to-many collections. Set the lookup on the other row")
    else:
        raise unknown_segment(segment.name)
    return ctx.no_content()


async def _associate(ctx: RequestContext, table: Table, row_id: str, segment: Segment, association: ManyToMany) -> None:
    method = ctx.request.method
    if method not in {"POST", "DELETE"}:
        raise wrong_method(method)
    other_table = ctx.caller.schema[association.other_table]
    if segment.argument is not None:
        other = Ref(other_table.name, parse_row_id(other_table, segment))
    else:
        other = await _requested_row(ctx, other_table.name)
    operation = associate if method == "POST" else disassociate
    async with write_scope(ctx) as scope:
        operation(
            ctx.caller, scope.transaction, _row(scope, table, row_id), _row(scope, other_table, other.id), association
        )


async def _set_lookup(ctx: RequestContext, table: Table, row_id: str, navigation: str) -> None:
    method = ctx.request.method
    if method not in {"PUT", "DELETE"}:
        raise wrong_method(method)
    column, target = table.navigations[navigation]
    allowed = (target.table,) if target else tuple(each.table for each in column.targets)
    value = await _requested_row(ctx, *allowed) if method == "PUT" else None
    async with write_scope(ctx) as scope:
        scope.writer.update(_row(scope, table, row_id), Payload(values={column.name: value}))


async def _requested_row(ctx: RequestContext, *tables: str) -> Ref:
    """Return the row in the body's `@odata.id`, or in `$id` for a method without a body."""
    by_body = ctx.request.method != "DELETE"
    address = (await ctx.body()).get("@odata.id") if by_body else ctx.request.query.get("$id")
    if not isinstance(address, str):
        raise bad_query("Set the reference in '@odata.id' or in $id.")
    return parse_reference(ctx.caller.schema, address, tables)


def _row(scope: WriteScope, table: Table, row_id: str) -> Row:
    row = scope.transaction.get(table.name, row_id)
    if row is None:
        raise no_such_row(table, row_id)
    return row
