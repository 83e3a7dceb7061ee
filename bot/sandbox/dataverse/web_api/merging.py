"""The action `Merge`, which merges one case into another ("Merge Action", Web API reference)."""

from aiohttp import web

from bot.sandbox.dataverse.schema.model import Table
from bot.sandbox.dataverse.web_api.functions import NAMESPACE
from bot.sandbox.dataverse.web_api.request_context import RequestContext
from bot.sandbox.dataverse.web_api.writing import write_scope
from bot.sandbox.errors import bad_payload, no_such_row, not_implemented
from bot.sandbox.storage.rows import Transaction
from bot.sandbox.values import Json, JsonObject, Row

_CASE = "incident"


async def merge(ctx: RequestContext) -> web.Response:
    """Cancel the subordinate case and set its master. Rows related to the subordinate keep their lookups."""
    body = await ctx.body()
    table = ctx.caller.schema[_CASE]
    async with write_scope(ctx) as scope:
        target, subordinate = (_row(scope.transaction, table, body, name) for name in ("Target", "Subordinate"))
        if target.id == subordinate.id:
            raise bad_payload(table.set_name, "A row cannot be merged into itself.")
        scope.writer.merge(subordinate, target)
    return ctx.no_content()


def _row(transaction: Transaction, table: Table, body: JsonObject, name: str) -> Row:
    reference: Json = body.get(name)
    if not isinstance(reference, dict):
        raise bad_payload(table.set_name, f"The parameter {name} must reference a row.")
    if str(reference.get("@odata.type", "")).lstrip("#") != f"{NAMESPACE}{_CASE}":
        raise not_implemented("the action 'Merge' for tables other than cases")
    row_id = str(reference.get(table.primary_id, "")).lower()
    row = transaction.get(table.name, row_id)
    if row is None:
        raise no_such_row(table, row_id)
    return row
