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
from bot.sandbox.dataverse.web_api.functions import NAMESPACE, UNBOUND, bound
from bot.sandbox.dataverse.web_api.keys import no_row_with, row_id_of
from bot.sandbox.dataverse.web_api.merging import merge
from bot.sandbox.dataverse.web_api.multiple import action
from bot.sandbox.dataverse.web_api.path import Segment, segments
from bot.sandbox.dataverse.web_api.reading import count, count_related, navigation, row_set, single
from bot.sandbox.dataverse.web_api.references import reference
from bot.sandbox.dataverse.web_api.request import asked_by
from bot.sandbox.dataverse.web_api.request_context import Exchange
from bot.sandbox.dataverse.web_api.writing import create, delete, empty_property, set_property, upsert
from bot.sandbox.errors import not_offered, unknown_segment, wrong_method
from bot.sandbox.values import Json

_NOT_OFFERED = {
    "BulkDelete": "deleting rows in a system job (BulkDelete); delete them in a batch",
    "CreateEntities": "changing definitions; its tables are fixed",
    "GlobalOptionSetDefinitions": "global choices; ask the columns for their OptionSet",
    "RetrieveCurrentOrganization": "RetrieveCurrentOrganization; WhoAmI names the organisation",
    "RetrieveMetadataChanges": "RetrieveMetadataChanges; ask EntityDefinitions",
    "RelationshipDefinitions": "RelationshipDefinitions; ask a table for its ManyToOneRelationships",
}

Answer: TypeAlias = web.Response | Awaitable[web.Response]

_ACTIONS: Mapping[str, Callable[[Exchange], Answer]] = {"CloseIncident": close_incident, "Merge": merge}


async def answer(request: web.Request) -> web.Response:
    """Handle a Web API request. Raise `DataverseError` if it is rejected."""
    dataverse = request.app[DATAVERSE]
    asked = asked_by(request)
    exchange = Exchange(
        dataverse=dataverse,
        request=asked,
        caller=dataverse.callers.of(asked.headers),
        preferences=preferences(asked.headers.get("prefer", "")),
        base=base_of(request),
    )
    if exchange.request.path != "$batch":
        return await served(exchange)
    if exchange.request.method != "POST":
        raise wrong_method(exchange.request.method)
    return await batch(exchange, served)


async def served(exchange: Exchange) -> web.Response:
    """Handle one request, sent alone or as part of a batch."""
    found = _resource(exchange, segments(exchange.request.path))
    return found if isinstance(found, web.Response) else await found


def base_of(request: web.Request) -> str:
    """Return the Web API's base address with the host, mount path, and version that the client used."""
    way, _, _ = request.path.partition("/api/data/")
    return f"{request.url.origin()}{way}/api/data/{request.match_info['version']}"


def _resource(exchange: Exchange, path: tuple[Segment, ...]) -> Answer:
    if not path:
        return _service(exchange)
    first = path[0]
    if first.name in _NOT_OFFERED:
        raise not_offered(_NOT_OFFERED[first.name])
    if first.name == "$metadata" and len(path) == 1:
        return _only("GET", exchange, lambda: metadata(exchange))
    if first.name == "EntityDefinitions":
        return definitions(exchange, path)
    if first.name in UNBOUND and len(path) == 1:
        return _only("GET", exchange, lambda: UNBOUND[first.name](exchange))
    if first.name in _ACTIONS and len(path) == 1:
        return _only("POST", exchange, lambda: _ACTIONS[first.name](exchange))
    table = exchange.caller.schema.by_set.get(first.name)
    if table is None:
        raise unknown_segment(first.name)
    if first.argument is None:
        return _set(exchange, table, path)
    return _keyed(exchange, table, path)


def _keyed(exchange: Exchange, table: Table, path: tuple[Segment, ...]) -> Answer:
    """Handle a row by its primary or alternate key. A PATCH with an alternate key can create the row."""
    key = row_id_of(exchange, table, path[0])
    if isinstance(key, str):
        return _row(exchange, table, key, path[1:])
    if exchange.request.method != "PATCH" or len(path) > 1:
        raise no_row_with(table)
    return upsert(exchange, table, None, key)


def _service(exchange: Exchange) -> web.Response:
    """Return the service document, which lists the entity sets."""
    sets: list[Json] = [{"name": name, "kind": "EntitySet", "url": name} for name in exchange.caller.schema.by_set]
    return exchange.json({"@odata.context": f"{exchange.base}/$metadata", "value": sets})


def _set(exchange: Exchange, table: Table, path: tuple[Segment, ...]) -> Answer:
    rest = [segment.name for segment in path[1:]]
    if rest == ["$count"]:
        return _only("GET", exchange, lambda: count(exchange, table))
    if len(path) == 2 and rest[0].startswith(NAMESPACE):  # noqa: PLR2004 - the set and its action
        return _only("POST", exchange, lambda: action(table, rest[0])(exchange, table))
    if rest:
        raise unknown_segment(rest[0])
    return _by_method(exchange, {"GET": lambda: row_set(exchange, table), "POST": lambda: create(exchange, table)})


def _row(exchange: Exchange, table: Table, row_id: str, rest: tuple[Segment, ...]) -> Answer:
    match rest:
        case ():
            return _by_method(
                exchange,
                {
                    "GET": lambda: single(exchange, table, row_id),
                    "PATCH": lambda: upsert(exchange, table, row_id),
                    "DELETE": lambda: delete(exchange, table, row_id),
                },
            )
        case (segment,):
            return _property(exchange, table, row_id, segment)
        case (segment, Segment(name="$ref")):
            return reference(exchange, table, row_id, segment)
        case (segment, Segment(name="$count")):
            return _only("GET", exchange, lambda: count_related(exchange, table, row_id, segment.name))
        case _:
            raise unknown_segment(rest[-1].name)


def _property(exchange: Exchange, table: Table, row_id: str, segment: Segment) -> Answer:
    if segment.name.startswith(NAMESPACE):
        return _only("GET", exchange, lambda: bound(exchange, table, row_id, segment))
    if segment.argument is not None:
        raise unknown_segment(segment.name)
    column = table.columns.get(segment.name)
    if exchange.request.method == "PATCH" and column and column.kind in {Kind.FILE, Kind.IMAGE}:
        raise not_offered("files and pictures in columns")
    return _by_method(
        exchange,
        {
            "GET": lambda: navigation(exchange, table, row_id, segment.name),
            "PUT": lambda: set_property(exchange, table, row_id, segment.name),
            "DELETE": lambda: empty_property(exchange, table, row_id, segment.name),
        },
    )


def _only(method: str, exchange: Exchange, act: Callable[[], Answer]) -> Answer:
    return _by_method(exchange, {method: act})


def _by_method(exchange: Exchange, acts: Mapping[str, Callable[[], Answer]]) -> Answer:
    act = acts.get(exchange.request.method)
    if act is None:
        raise wrong_method(exchange.request.method)
    return act()
