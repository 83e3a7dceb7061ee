"""The action `Merge`, which merges one case into another ("Merge Action", Web API reference)."""

from aiohttp import web

from bot.sandbox.dataverse.schema.model import Table
from bot.sandbox.dataverse.web_api.functions import NAMESPACE
from bot.sandbox.dataverse.web_api.request_context import Exchange
from bot.sandbox.dataverse.web_api.writing import change
from bot.sandbox.errors import bad_payload, no_such_row, not_offered
from bot.sandbox.storage.rows import Draft
from bot.sandbox.values import Json, JsonObject, Row

_CASE = "incident"


async def merge(exchange: Exchange) -> web.Response:
    """Cancel the subordinate case and set its master. Rows related to the subordinate keep their lookups."""
    body = await exchange.body()
    table = exchange.caller.schema[_CASE]
    async with change(exchange) as made:
        target, subordinate = (_row(made.draft, table, body, name) for name in ("Target", "Subordinate"))
        if target.id == subordinate.id:
            raise bad_payload(table.set_name, "A row cannot be merged into itself.")
        made.changer.merge(subordinate, target)
    return exchange.nothing()


def _row(draft: Draft, table: Table, body: JsonObject, name: str) -> Row:
    named: Json = body.get(name)
    if not isinstance(named, dict):
        raise bad_payload(table.set_name, f"The parameter {name} must name a row.")
    if str(named.get("@odata.type", "")).lstrip("#") != f"{NAMESPACE}{_CASE}":
        raise not_offered("the action 'Merge' of other tables than cases")
    row_id = str(named.get(table.primary_id, "")).lower()
    row = draft.get(table.name, row_id)
    if row is None:
        raise no_such_row(table, row_id)
    return row
