"""Functions of the Web API ("Use Web API functions")."""

from collections.abc import Callable, Mapping

import orjson
from aiohttp import web

from bot.sandbox.dataverse.schema.model import Table
from bot.sandbox.dataverse.security.model import AccessMask, Depth
from bot.sandbox.dataverse.security.principal import Grant
from bot.sandbox.dataverse.web_api.path import Segment, parse_string
from bot.sandbox.dataverse.web_api.request_context import RequestContext
from bot.sandbox.dataverse.writes.payload import parse_reference
from bot.sandbox.errors import bad_query, not_implemented
from bot.sandbox.guids import named_guid
from bot.sandbox.settings import ORGANIZATION_ID
from bot.sandbox.values import NO_ID, Json, Row

NAMESPACE = "Microsoft.Dynamics.CRM."
_ALLOWED = 4

_FLAGS: Mapping[AccessMask, str] = {
    AccessMask.READ: "ReadAccess",
    AccessMask.WRITE: "WriteAccess",
    AccessMask.APPEND: "AppendAccess",
    AccessMask.APPEND_TO: "AppendToAccess",
    AccessMask.CREATE: "CreateAccess",
    AccessMask.DELETE: "DeleteAccess",
    AccessMask.SHARE: "ShareAccess",
    AccessMask.ASSIGN: "AssignAccess",
}


def who_am_i(ctx: RequestContext) -> web.Response:
    """Return the IDs of the caller, the caller's business unit, and the organization."""
    user = ctx.caller.user
    unit = user.target("businessunitid")
    return _response(
        ctx,
        "WhoAmIResponse",
        {"BusinessUnitId": unit.id if unit else NO_ID, "UserId": user.id, "OrganizationId": ORGANIZATION_ID},
    )


UNBOUND: Mapping[str, Callable[[RequestContext], web.Response]] = {"WhoAmI": who_am_i}


def call_bound(ctx: RequestContext, table: Table, row_id: str, segment: Segment) -> web.Response:
    """Call a function that is bound to a user."""
    function = _USER_FUNCTIONS.get(segment.name.removeprefix(NAMESPACE))
    if table.name != "systemuser" or function is None:
        raise not_implemented(f"the function '{segment.name}' of {table.set_name}")
    return function(ctx, ctx.caller.read(table, row_id), segment)


def _principal_access(ctx: RequestContext, user: Row, segment: Segment) -> web.Response:
    """Return the user's access rights to the row."""
    schema = ctx.caller.schema
    target = parse_reference(schema, _address(ctx, segment), tuple(schema.tables))
    row = ctx.caller.read(schema[target.table], target.id)
    mask = ctx.dataverse.callers.access(user).mask(row)
    rights = ", ".join(name for flag, name in _FLAGS.items() if flag in mask) or "None"
    return _response(ctx, "RetrievePrincipalAccessResponse", {"AccessRights": rights})


def _address(ctx: RequestContext, segment: Segment) -> str:
    """Return the row reference in the parameter `Target`, which names another parameter: `@t`."""
    alias = segment.arguments().get("Target", "")
    given = ctx.request.query.get(alias) if alias.startswith("@") else None
    try:
        body = orjson.loads(given or "")
    except orjson.JSONDecodeError as error:
        raise bad_query('The parameter Target must be given as Target=@t and @t={"@odata.id":"…"}.') from error
    address = body.get("@odata.id") if isinstance(body, dict) else None
    if not isinstance(address, str):
        raise bad_query("The parameter Target must contain '@odata.id'.")
    return address


def _privilege_by_name(ctx: RequestContext, user: Row, segment: Segment) -> web.Response:
    """Return the depths at which the user holds one privilege through roles of the user or the user's teams."""
    name = parse_string(segment.arguments().get("PrivilegeName", ""))
    if not ctx.caller.rows.where("privilege", name=name):
        raise bad_query(f"Could not find a privilege with name '{name[:100]}'.")
    grants = ctx.dataverse.callers.access(user).principal.grants.get(name, ())
    return _privileges(ctx, {name: grants})


def _all_privileges(ctx: RequestContext, user: Row, segment: Segment) -> web.Response:  # noqa: ARG001
    """Return every privilege that the user holds."""
    return _privileges(ctx, ctx.dataverse.callers.access(user).principal.grants)


def _privileges(ctx: RequestContext, grants: Mapping[str, tuple[Grant, ...]]) -> web.Response:
    ids = {row.text("name"): row.id for row in ctx.caller.rows.all("privilege")}
    found: list[Json] = [
        {
            "Depth": (Depth(grant.depth).name or "").capitalize(),
            "PrivilegeId": ids[name],
            "BusinessUnitId": grant.unit,
            "PrivilegeName": name,
            "RecordFilterId": NO_ID,
        }
        for name, given in grants.items()
        for grant in given
    ]
    return _response(ctx, "RetrieveUserPrivilegesResponse", {"RolePrivileges": found})


def _secured_columns(ctx: RequestContext, user: Row, segment: Segment) -> web.Response:  # noqa: ARG001
    """Return the user's permissions for each secured column, through profiles of the user or the user's teams."""
    access = ctx.dataverse.callers.access(user)
    flags = {"CanRead": "canread", "CanCreate": "cancreate", "CanUpdate": "canupdate"}
    found: list[Json] = [
        {
            "AttributeId": named_guid(table.name, column.name),
            **{name: _ALLOWED if access.column(flag, table, column) else 0 for name, flag in flags.items()},
        }
        for table in ctx.caller.schema.by_set.values()
        for column in table.columns.values()
        if column.secured
    ]
    return _response(ctx, "RetrievePrincipalAttributePrivilegesResponse", {"AttributePrivileges": found})


def _response(ctx: RequestContext, name: str, body: Mapping[str, Json]) -> web.Response:
    context = f"{ctx.base}/$metadata#{NAMESPACE}{name}"
    return ctx.json({"@odata.context": context, **body})


_USER_FUNCTIONS: Mapping[str, Callable[[RequestContext, Row, Segment], web.Response]] = {
    "RetrievePrincipalAccess": _principal_access,
    "RetrievePrincipalAttributePrivileges": _secured_columns,
    "RetrieveUserPrivilegeByPrivilegeName": _privilege_by_name,
    "RetrieveUserPrivileges": _all_privileges,
}
