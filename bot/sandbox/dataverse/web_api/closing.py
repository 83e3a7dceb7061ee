"""The action `CloseIncident`, which resolves a case ("CloseIncident Action", Web API reference)."""

from aiohttp import web

from bot.sandbox.dataverse.schema.model import Table
from bot.sandbox.dataverse.web_api.request_context import RequestContext
from bot.sandbox.dataverse.web_api.writing import write_scope
from bot.sandbox.dataverse.writes.payload import Payload, parse_reference
from bot.sandbox.errors import bad_payload, no_such_row, out_of_range
from bot.sandbox.storage.rows import Transaction
from bot.sandbox.values import Json, JsonObject, Row

_CASE = "incident"
_ACTIVE, _RESOLVED = 0, 1
_DEFAULT = -1
"""Value that selects the default status reason of the state."""


async def close_incident(ctx: RequestContext) -> web.Response:
    """Resolve the case with the given status reason. The resolution's text is not stored."""
    body = await ctx.body()
    table = ctx.caller.schema[_CASE]
    async with write_scope(ctx) as scope:
        case = _find_case(ctx, scope.transaction, table, body)
        if case.values.get("statecode") != _ACTIVE:
            raise out_of_range("0x80048408", "This case has already been resolved or canceled.")
        scope.writer.update(case, Payload(values={"statecode": _RESOLVED, **_status_reason(table, body.get("Status"))}))
    return ctx.no_content()


def _find_case(ctx: RequestContext, transaction: Transaction, table: Table, body: JsonObject) -> Row:
    resolution: Json = body.get("IncidentResolution")
    address = resolution.get("incidentid@odata.bind") if isinstance(resolution, dict) else None
    if not isinstance(address, str):
        raise bad_payload(table.set_name, "IncidentResolution must reference its case with incidentid@odata.bind.")
    reference = parse_reference(ctx.caller.schema, address, (_CASE,))
    row = transaction.get(table.name, reference.id)
    if row is None:
        raise no_such_row(table, reference.id)
    return row


def _status_reason(table: Table, status: Json) -> dict[str, int]:
    option = table.status.option(status) if table.status else None
    if status == _DEFAULT:
        return {}
    if not isinstance(status, int) or option is None or option.state != _RESOLVED:
        raise bad_payload(table.set_name, "Status must be a status reason of the state Resolved.")
    return {"statuscode": status}
