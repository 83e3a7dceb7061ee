"""Table and column definitions: `EntityDefinitions`."""

from collections.abc import Sequence
from http import HTTPStatus

from aiohttp import web

from bot.sandbox.dataverse.metadata.csdl import csdl
from bot.sandbox.dataverse.metadata.definitions import ColumnDefinition, TableDefinition
from bot.sandbox.dataverse.metadata.query import (
    CHOICES,
    OPTIONS,
    collection,
    column_bodies,
    column_body,
    filter_definitions,
    select_properties,
    table_body,
)
from bot.sandbox.dataverse.odata.options import Expand, Query, parse_query
from bot.sandbox.dataverse.web_api.functions import NAMESPACE
from bot.sandbox.dataverse.web_api.path import Segment, parse_string
from bot.sandbox.dataverse.web_api.request_context import RequestContext
from bot.sandbox.errors import DataverseError, bad_query, not_implemented, unknown_segment
from bot.sandbox.guids import as_guid
from bot.sandbox.values import Json, JsonObject

_CLASS_END = "AttributeMetadata"


def definitions(ctx: RequestContext, path: tuple[Segment, ...]) -> web.Response:
    """Return the definitions of all tables, of one table, or of its columns and relationships."""
    if ctx.request.method != "GET":
        raise not_implemented("changes to definitions, because its tables are fixed")
    query = parse_query(ctx.request.query.items(), OPTIONS)
    context = f"{ctx.base}/$metadata#{'/'.join(segment.name for segment in path)}"
    if path[0].argument is None:
        if len(path) > 1:
            raise unknown_segment(path[1].name)
        return _collection_response(ctx, context, _tables(ctx, query))
    table = _table(ctx, path[0])
    if len(path) == 1:
        return _entity_response(ctx, context, table_body(table, query))
    if path[1].name == "Attributes":
        return _columns(ctx, context, table, path[1:], query)
    if len(path) == 2 and path[1].name in table.collections:  # noqa: PLR2004 - the table and its collection
        return _collection_response(ctx, context, collection(table, Expand(name=path[1].name, query=query)))
    raise unknown_segment(path[-1].name)


def metadata(ctx: RequestContext) -> web.Response:
    """Return the CSDL document."""
    annotations = ctx.request.query.get("annotations", "false").lower() == "true"
    return web.Response(
        body=csdl(ctx.caller.schema, annotations=annotations),
        headers={"Content-Type": "application/xml", "OData-Version": "4.0"},
    )


def _tables(ctx: RequestContext, query: Query) -> Sequence[JsonObject]:
    tables = ctx.dataverse.definitions.tables
    matches = filter_definitions([each.body for each in tables.values()], query, "EntityMetadata")
    return [table_body(tables[str(body["LogicalName"])], query) for body in matches]


def _table(ctx: RequestContext, segment: Segment) -> TableDefinition:
    known = ctx.dataverse.definitions
    found_id = as_guid(segment.argument or "")
    name = "" if found_id else parse_string(segment.arguments().get("LogicalName", "")).lower()
    found = known.by_id.get(found_id) if found_id else known.tables.get(name)
    if found is None:
        raise DataverseError(
            HTTPStatus.NOT_FOUND, "0x80060888", f"Could not find an entity with name '{found_id or name[:128]}'."
        )
    return found


def _columns(
    ctx: RequestContext, context: str, table: TableDefinition, path: tuple[Segment, ...], query: Query
) -> web.Response:
    cast, rest = _cast(path[1:])
    if path[0].argument is None:
        if rest:
            raise unknown_segment(rest[0].name)
        return _collection_response(ctx, context, column_bodies(table, query, cast))
    column = _column(table, path[0])
    if cast is not None and column.type_name != cast:
        raise unknown_segment(f"{NAMESPACE}{cast}")
    if not rest:
        return _entity_response(ctx, context, column_body(column, query, cast))
    choices = column.own.get(rest[0].name) if cast and rest[0].name in CHOICES and len(rest) == 1 else None
    if not isinstance(choices, dict):
        raise unknown_segment(rest[0].name)
    return _entity_response(ctx, context, select_properties(choices, query.select, "OptionSetMetadata"))


def _cast(path: tuple[Segment, ...]) -> tuple[str | None, tuple[Segment, ...]]:
    """Split the path into the column class that it casts to and the remaining segments."""
    if not path or not path[0].name.startswith(NAMESPACE):
        return None, path
    name = path[0].name.removeprefix(NAMESPACE)
    if not name.endswith(_CLASS_END):
        raise bad_query(f"'{name[:100]}' is not a column type.")
    return name, path[1:]


def _column(table: TableDefinition, segment: Segment) -> ColumnDefinition:
    found_id = as_guid(segment.argument or "")
    expected: Json = found_id or parse_string(segment.arguments().get("LogicalName", "")).lower()
    by = "MetadataId" if found_id else "LogicalName"
    found = next((column for column in table.columns if column.common[by] == expected), None)
    if found is None:
        raise DataverseError(
            HTTPStatus.NOT_FOUND, "0x80060888", f"Could not find an attribute '{expected}' of '{table.table.name}'."
        )
    return found


def _collection_response(ctx: RequestContext, context: str, bodies: Sequence[JsonObject]) -> web.Response:
    return ctx.json({"@odata.context": context, "value": bodies})


def _entity_response(ctx: RequestContext, context: str, body: JsonObject) -> web.Response:
    return ctx.json({"@odata.context": f"{context}/$entity", **body})
