"""Aggregation with `$apply`."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from aiohttp import web

from bot.sandbox.dataverse.fetchxml.aggregates import NUMBERS, aggregate, sort_key
from bot.sandbox.dataverse.fetchxml.writing import json_of
from bot.sandbox.dataverse.odata.apply import Aggregate, Apply, parse_apply
from bot.sandbox.dataverse.odata.columns import column_of, scalar
from bot.sandbox.dataverse.odata.listing import matching
from bot.sandbox.dataverse.odata.options import APPLY, Order, Query, query_of
from bot.sandbox.dataverse.odata.predicates import folded
from bot.sandbox.dataverse.odata.tree import Scalar
from bot.sandbox.dataverse.schema.model import Column, Table
from bot.sandbox.dataverse.web_api.request_context import Exchange
from bot.sandbox.errors import bad_query, unknown_property
from bot.sandbox.values import Json, Row


def applied(exchange: Exchange, table: Table, rows: Iterable[Row]) -> web.Response:
    """Return one row per group. Like Dataverse, which runs this as FetchXML, omit empty values."""
    query = query_of(exchange.request.query.items(), {APPLY, "$orderby", "$top"})
    asked = parse_apply(exchange.request.query[APPLY])
    columns = [column_of(table, name) for name in asked.groups]
    readings = {each.alias: _reading(exchange, table, each) for each in asked.aggregates}
    _require_known(table, asked, query.order)
    groups: dict[tuple[Scalar, ...], list[Row]] = {} if columns else {(): []}
    for row in matching(exchange.caller, table, rows, Query(filter=asked.filter)):
        key = tuple(folded(scalar(column, exchange.caller.value(row, column))) for column in columns)
        groups.setdefault(key, []).append(row)
    values = {
        key: dict(zip(asked.groups, key, strict=True)) | {alias: read(group) for alias, read in readings.items()}
        for key, group in groups.items()
    }
    keys = _ordered(list(groups), values, query.order)[: query.top]
    made: list[Json] = [_row(exchange, columns, groups[key], values[key], readings) for key in keys]
    names = ",".join((*asked.groups, *readings))
    return exchange.json({"@odata.context": f"{exchange.base}/$metadata#{table.set_name}({names})", "value": made})


def _require_known(table: Table, asked: Apply, order: Sequence[Order]) -> None:
    names = {*asked.groups, *(each.alias for each in asked.aggregates)}
    unknown = next((each.name for each in order if each.name not in names), None)
    if unknown is not None:
        raise unknown_property(unknown, table.name)


def _reading(exchange: Exchange, table: Table, asked: Aggregate) -> Callable[[Sequence[Row]], Scalar]:
    """Return a function that computes the aggregate of a group."""
    if not asked.name:
        return len
    column = column_of(table, asked.name)
    if asked.method in {"sum", "avg"} and column.kind not in NUMBERS:
        raise bad_query(f"The aggregation method takes a number, and '{asked.name}' is none.")

    def read(group: Sequence[Row]) -> Scalar:
        found = [scalar(column, exchange.caller.value(row, column)) for row in group]
        return aggregate(asked.method, list({folded(value) for value in found}) if asked.distinct else found)

    return read


def _ordered(
    keys: list[tuple[Scalar, ...]], values: Mapping[tuple[Scalar, ...], Mapping[str, Scalar]], order: Sequence[Order]
) -> list[tuple[Scalar, ...]]:
    for each in reversed(order):
        by = {key: sort_key(values[key][each.name]) for key in keys}
        keys.sort(key=by.__getitem__, reverse=each.descending)
    return keys


def _row(
    exchange: Exchange,
    columns: Sequence[Column],
    group: Sequence[Row],
    values: Mapping[str, Scalar],
    own: Iterable[str],
) -> Json:
    body: dict[str, Json] = {}
    for column in columns:
        if values[column.wire_name] is not None:
            body.update(exchange.answers.property(group[0], column, column.wire_name))
    body.update({alias: json_of(values[alias]) for alias in own if values[alias] is not None})
    return body
