"""Routing of Web API requests by path and method."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from aiohttp import web

from bot.sandbox.dataverse.odata.prefer import preferences
from bot.sandbox.dataverse.schema.model import Kind, Table
from bot.sandbox.dataverse.service import DATAVERSE
from bot.sandbox.dataverse.web_api.batch import batch
from bot.sandbox.dataverse.web_api.closing import close_incident
from bot.sandbox.dataverse.web_api.definitions import definitions, metadata
from bot.sandbox.dataverse.web_api.functions import NAMESPACE, UNBOUND, call_bound
from bot.sandbox.dataverse.web_api.keys import find_row_id, key_not_found
from bot.sandbox.dataverse.web_api.merging import merge
from bot.sandbox.dataverse.web_api.multiple import find_action
from bot.sandbox.dataverse.web_api.path import Segment, parse_path
from bot.sandbox.dataverse.web_api.publishing import publish_xml
from bot.sandbox.dataverse.web_api.reading import count, count_related, list_rows, read_property, read_row
from bot.sandbox.dataverse.web_api.references import change_reference
from bot.sandbox.dataverse.web_api.request import api_request
from bot.sandbox.dataverse.web_api.request_context import RequestContext
from bot.sandbox.dataverse.web_api.writing import clear_property, create, delete, set_property, upsert
from bot.sandbox.errors import not_implemented, unknown_segment, wrong_method
from bot.sandbox.values import Json

_NOT_IMPLEMENTED = {
    "BulkDelete": "BulkDelete. Delete the rows in a batch",
    "CreateEntities": "changes to definitions, because its tables are fixed",
    "GlobalOptionSetDefinitions": "global choices. Query the OptionSet of each column",
    "RetrieveCurrentOrganization": "RetrieveCurrentOrganization. WhoAmI returns the organization",
    "RetrieveMetadataChanges": "RetrieveMetadataChanges. Query EntityDefinitions",
    "RelationshipDefinitions": "RelationshipDefinitions. Query a table's ManyToOneRelationships",
}

Result: TypeAlias = web.Response | Awaitable[web.Response]

_ACTIONS: Mapping[str, Callable[[RequestContext], Result]] = {
    "CloseIncident": close_incident,
    "Merge": merge,
    "PublishXml": publish_xml,
}


async def web_api(request: web.Request) -> web.Response:
    """Handle a Web API request. Raise `DataverseError` if it is rejected."""
    dataverse = request.app[DATAVERSE]
    request_data = api_request(request)
    ctx = RequestContext(
        dataverse=dataverse,
        request=request_data,
        caller=dataverse.callers.from_headers(request_data.headers),
        preferences=preferences(request_data.headers.get("prefer", "")),
        base=base_url(request),
    )
    if ctx.request.path != "$batch":
        return await dispatch(ctx)
    if ctx.request.method != "POST":
        raise wrong_method(ctx.request.method)
    return await batch(ctx, dispatch)


async def dispatch(ctx: RequestContext) -> web.Response:
    """Handle one request, sent alone or as part of a batch."""
    found = _resource(ctx, parse_path(ctx.request.path))
    return found if isinstance(found, web.Response) else await found


def base_url(request: web.Request) -> str:
    """Return the Web API's base address with the host, mount path, and version that the client used."""
    prefix, _, _ = request.path.partition("/api/data/")
    return f"{request.url.origin()}{prefix}/api/data/{request.match_info['version']}"


def _resource(ctx: RequestContext, path: tuple[Segment, ...]) -> Result:
    if not path:
        return _service(ctx)
    first = path[0]
    if first.name in _NOT_IMPLEMENTED:
        raise not_implemented(_NOT_IMPLEMENTED[first.name])
    if first.name == "$metadata" and len(path) == 1:
        return _single_method("GET", ctx, lambda: metadata(ctx))
    if first.name == "EntityDefinitions":
        return definitions(ctx, path)
    if first.name in UNBOUND and len(path) == 1:
        return _single_method("GET", ctx, lambda: UNBOUND[first.name](ctx))
    if first.name in _ACTIONS and len(path) == 1:
        return _single_method("POST", ctx, lambda: _ACTIONS[first.name](ctx))
    table = ctx.caller.schema.by_set.get(first.name)
    if table is None:
        raise unknown_segment(first.name)
    if first.argument is None:
        return _entity_set(ctx, table, path)
    return _by_key(ctx, table, path)


def _by_key(ctx: RequestContext, table: Table, path: tuple[Segment, ...]) -> Result:
    """Handle a row by its primary or alternate key. A PATCH with an alternate key can create the row."""
    key = find_row_id(ctx, table, path[0])
    if isinstance(key, str):
        return _row(ctx, table, key, path[1:])
    if ctx.request.method != "PATCH" or len(path) > 1:
        raise key_not_found(table)
    return upsert(ctx, table, None, key)


def _service(ctx: RequestContext) -> web.Response:
    """Return the service document, which lists the entity sets."""
    sets: list[Json] = [{"name": name, "kind": "EntitySet", "url": name} for name in ctx.caller.schema.by_set]
    return ctx.json({"@odata.context": f"{ctx.base}/$metadata", "value": sets})


def _entity_set(ctx: RequestContext, table: Table, path: tuple[Segment, ...]) -> Result:
    rest = [segment.name for segment in path[1:]]
    if rest == ["$count"]:
        return _single_method("GET", ctx, lambda: count(ctx, table))
    if len(path) == 2 and rest[0].startswith(NAMESPACE):  # noqa: PLR2004 - the set and its action
        return _single_method("POST", ctx, lambda: find_action(table, rest[0])(ctx, table))
    if rest:
        raise unknown_segment(rest[0])
    return _by_method(ctx, {"GET": lambda: list_rows(ctx, table), "POST": lambda: create(ctx, table)})


def _row(ctx: RequestContext, table: Table, row_id: str, rest: tuple[Segment, ...]) -> Result:
    match rest:
        case ():
            return _by_method(
                ctx,
                {
                    "GET": lambda: read_row(ctx, table, row_id),
                    "PATCH": lambda: upsert(ctx, table, row_id),
                    "DELETE": lambda: delete(ctx, table, row_id),
                },
            )
        case (segment,):
            return _property(ctx, table, row_id, segment)
        case (segment, Segment(name="$ref")):
            return change_reference(ctx, table, row_id, segment)
        case (segment, Segment(name="$count")):
            return _single_method("GET", ctx, lambda: count_related(ctx, table, row_id, segment.name))
        case _:
            raise unknown_segment(rest[-1].name)


def _property(ctx: RequestContext, table: Table, row_id: str, segment: Segment) -> Result:
    if segment.name.startswith(NAMESPACE):
        return _single_method("GET", ctx, lambda: call_bound(ctx, table, row_id, segment))
    if segment.argument is not None:
        raise unknown_segment(segment.name)
    column = table.columns.get(segment.name)
    if ctx.request.method == "PATCH" and column and column.kind in {Kind.FILE, Kind.IMAGE}:
        raise not_implemented("files and images in columns")
    return _by_method(
        ctx,
        {
            "GET": lambda: read_property(ctx, table, row_id, segment.name),
            "PUT": lambda: set_property(ctx, table, row_id, segment.name),
            "DELETE": lambda: clear_property(ctx, table, row_id, segment.name),
        },
    )


def _single_method(method: str, ctx: RequestContext, handler: Callable[[], Result]) -> Result:
    return _by_method(ctx, {method: handler})


def _by_method(ctx: RequestContext, handlers: Mapping[str, Callable[[], Result]]) -> Result:
    handler = handlers.get(ctx.request.method)
    if handler is None:
        raise wrong_method(ctx.request.method)
    return handler()
