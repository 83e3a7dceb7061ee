"""The action `CloseIncident`, which resolves a case ("CloseIncident Action", Web API reference)."""

from aiohttp import web

from bot.sandbox.dataverse.schema.model import Table
from bot.sandbox.dataverse.web_api.request_context import Exchange
from bot.sandbox.dataverse.web_api.writing import change
from bot.sandbox.dataverse.writes.payload import Payload, reference_of
from bot.sandbox.errors import bad_payload, no_such_row, out_of_range
from bot.sandbox.storage.rows import Draft
from bot.sandbox.values import Json, JsonObject, Row

_CASE = "incident"
_ACTIVE, _RESOLVED = 0, 1
_DEFAULT = -1
"""Value that selects the default status reason of the state."""


async def close_incident(exchange: Exchange) -> web.Response:
    """Resolve the case with the given status reason. The resolution's text is not stored."""
    body = await exchange.body()
    table = exchange.caller.schema[_CASE]
    async with change(exchange) as made:
        case = _case(exchange, made.draft, table, body)
        if case.values.get("statecode") != _ACTIVE:
            raise out_of_range("0x80048408", "This case has already been resolved or canceled.")
        made.changer.update(case, Payload(values={"statecode": _RESOLVED, **_reason(table, body.get("Status"))}))
    return exchange.nothing()


def _case(exchange: Exchange, draft: Draft, table: Table, body: JsonObject) -> Row:
    resolution: Json = body.get("IncidentResolution")
    address = resolution.get("incidentid@odata.bind") if isinstance(resolution, dict) else None
    if not isinstance(address, str):
        raise bad_payload(table.set_name, "IncidentResolution must name its case with incidentid@odata.bind.")
    named = reference_of(exchange.caller.schema, address, (_CASE,))
    row = draft.get(table.name, named.id)
    if row is None:
        raise no_such_row(table, named.id)
    return row


def _reason(table: Table, status: Json) -> dict[str, int]:
    option = table.status.option(status) if table.status else None
    if status == _DEFAULT:
        return {}
    if not isinstance(status, int) or option is None or option.state != _RESOLVED:
        raise bad_payload(table.set_name, "Status must be a reason of the state Resolved.")
    return {"statuscode": status}
