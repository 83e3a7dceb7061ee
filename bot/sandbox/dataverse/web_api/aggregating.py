"""Aggregation with `$apply`."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from aiohttp import web

from bot.sandbox.dataverse.fetchxml.aggregates import NUMBERS, aggregate, sort_key
from bot.sandbox.dataverse.fetchxml.writing import to_json
from bot.sandbox.dataverse.odata.apply import Aggregate, Apply, parse_apply
from bot.sandbox.dataverse.odata.columns import column_of, scalar
from bot.sandbox.dataverse.odata.listing import select_rows
from bot.sandbox.dataverse.odata.options import APPLY, Order, Query, parse_query
from bot.sandbox.dataverse.odata.predicates import fold_case
from bot.sandbox.dataverse.odata.tree import Scalar
from bot.sandbox.dataverse.schema.model import Column, Table
from bot.sandbox.dataverse.web_api.request_context import RequestContext
from bot.sandbox.errors import bad_query, unknown_property
from bot.sandbox.values import Json, Row


def aggregate_rows(ctx: RequestContext, table: Table, rows: Iterable[Row]) -> web.Response:
    """Return one row per group. Like Dataverse, which runs this as FetchXML, omit empty values."""
    query = parse_query(ctx.request.query.items(), {APPLY, "$orderby", "$top"})
    spec = parse_apply(ctx.request.query[APPLY])
    columns = [column_of(table, name) for name in spec.groups]
    readers = {each.alias: _reader(ctx, table, each) for each in spec.aggregates}
    _require_known_names(table, spec, query.order)
    groups: dict[tuple[Scalar, ...], list[Row]] = {} if columns else {(): []}
    for row in select_rows(ctx.caller, table, rows, Query(filter=spec.filter)):
        key = tuple(fold_case(scalar(column, ctx.caller.value(row, column))) for column in columns)
        groups.setdefault(key, []).append(row)
    values = {
        key: dict(zip(spec.groups, key, strict=True)) | {alias: read(group) for alias, read in readers.items()}
        for key, group in groups.items()
    }
    keys = _sort(list(groups), values, query.order)[: query.top]
    bodies: list[Json] = [_body(ctx, columns, groups[key], values[key], readers) for key in keys]
    names = ",".join((*spec.groups, *readers))
    return ctx.json({"@odata.context": f"{ctx.base}/$metadata#{table.set_name}({names})", "value": bodies})


def _require_known_names(table: Table, spec: Apply, order: Sequence[Order]) -> None:
    names = {*spec.groups, *(each.alias for each in spec.aggregates)}
    unknown = next((each.name for each in order if each.name not in names), None)
    if unknown is not None:
        raise unknown_property(unknown, table.name)


def _reader(ctx: RequestContext, table: Table, spec: Aggregate) -> Callable[[Sequence[Row]], Scalar]:
    """Return a function that computes the aggregate of a group."""
    if not spec.name:
        return len
    column = column_of(table, spec.name)
    if spec.method in {"sum", "avg"} and column.kind not in NUMBERS:
        raise bad_query(f"The aggregation method requires a number column, but '{spec.name}' is not one.")

    def read(group: Sequence[Row]) -> Scalar:
        found = [scalar(column, ctx.caller.value(row, column)) for row in group]
        return aggregate(spec.method, list({fold_case(value) for value in found}) if spec.distinct else found)

    return read


def _sort(
    keys: list[tuple[Scalar, ...]], values: Mapping[tuple[Scalar, ...], Mapping[str, Scalar]], order: Sequence[Order]
) -> list[tuple[Scalar, ...]]:
    for each in reversed(order):
        by = {key: sort_key(values[key][each.name]) for key in keys}
        keys.sort(key=by.__getitem__, reverse=each.descending)
    return keys


def _body(
    ctx: RequestContext,
    columns: Sequence[Column],
    group: Sequence[Row],
    values: Mapping[str, Scalar],
    aliases: Iterable[str],
) -> Json:
    body: dict[str, Json] = {}
    for column in columns:
        if values[column.wire_name] is not None:
            body.update(ctx.serializer.property(group[0], column, column.wire_name))
    body.update({alias: to_json(values[alias]) for alias in aliases if values[alias] is not None})
    return body
