"""Routing of Graph requests by method and path."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote, urlsplit

import orjson
from aiohttp import web

from bot.sandbox.graph import apps, chats, people, subscriptions, teams
from bot.sandbox.graph.errors import GraphError, bad_request, not_found, not_implemented
from bot.sandbox.graph.request import GraphRequest, GraphResponse
from bot.sandbox.teams.sample_organization import TEAMS
from bot.sandbox.values import Json, JsonObject

MAX_BATCH_REQUESTS = 20
"""Maximum number of requests in a batch ("Combine multiple HTTP requests using JSON batching")."""

Handler = Callable[[GraphRequest], GraphResponse | Awaitable[GraphResponse]]

_HANDLERS: Mapping[tuple[str, str], Handler] = {
    ("GET", "appCatalogs/teamsApps"): apps.list_catalog,
    ("POST", "chats"): chats.create,
    ("GET", "chats/*"): chats.read,
    ("PATCH", "chats/*"): chats.update,
    ("GET", "chats/*/installedApps"): apps.list_in_chat,
    ("POST", "chats/*/installedApps"): apps.install_in_chat,
    ("DELETE", "chats/*/installedApps/*"): apps.remove_from_chat,
    ("GET", "chats/*/members"): chats.list_members,
    ("POST", "chats/*/members"): chats.add_member,
    ("DELETE", "chats/*/members/*"): chats.remove_member,
    ("POST", "communications/getPresencesByUserId"): people.list_presences,
    ("GET", "subscriptions"): subscriptions.list_subscriptions,
    ("POST", "subscriptions"): subscriptions.create,
    ("GET", "subscriptions/*"): subscriptions.read,
    ("PATCH", "subscriptions/*"): subscriptions.renew,
    ("DELETE", "subscriptions/*"): subscriptions.delete,
    ("POST", "subscriptions/*/reauthorize"): subscriptions.reauthorize,
    ("GET", "teams/*/channels"): teams.list_channels,
    ("POST", "teams/*/channels"): teams.create_channel,
    ("GET", "teams/*/installedApps"): apps.list_in_team,
    ("POST", "teams/*/installedApps"): apps.install_in_team,
    ("GET", "teams/*/primaryChannel"): teams.primary_channel,
    ("GET", "users"): people.list_users,
    ("GET", "users/*"): people.read_user,
    ("GET", "users/*/chats"): chats.list_for_user,
    ("GET", "users/*/joinedTeams"): teams.list_joined,
    ("GET", "users/*/licenseDetails"): people.list_licenses,
    ("GET", "users/*/photos/48x48/$value"): people.read_photo,
    ("GET", "users/*/transitiveMemberOf/microsoft.graph.directoryRole"): people.list_directory_roles,
}

_NOT_IMPLEMENTED: Mapping[str, str] = {
    "me": "/me, which needs a signed-in user. Use /users/{id}",
    "groups": "groups. Use a user's joinedTeams",
}


async def graph(request: web.Request) -> web.Response:
    """Handle a request to Graph. Raise `GraphError` if it is rejected."""
    prefix, _, _ = request.path.partition("/graph/")
    base = f"{request.url.origin()}{prefix}/graph/{request.match_info['version']}"
    content = await request.read()
    graph_request = GraphRequest(
        teams=request.app[TEAMS],
        base=base,
        method=request.method,
        path=_parts(request.rel_url.raw_path.partition(f"/{request.match_info['version']}/")[2]),
        query=dict(request.query),
        headers={name.lower(): value for name, value in request.headers.items()},
        content=_decoded(content) if content else None,
    )
    response = await (_batch(graph_request) if graph_request.path == ("$batch",) else _dispatch(graph_request))
    if response.content:
        return web.Response(status=response.status, body=response.content, headers=response.headers)
    body = orjson.dumps(response.body) if response.body is not None else None
    content_type_header = {"Content-Type": "application/json"} if body else {}
    return web.Response(status=response.status, body=body, headers={**content_type_header, **response.headers})


async def _dispatch(graph_request: GraphRequest) -> GraphResponse:
    """Handle one request. Raise `GraphError` if it is rejected."""
    for (method, pattern), handler in _HANDLERS.items():
        if method == graph_request.method and _matches(graph_request.path, pattern.split("/")):
            response = handler(graph_request)
            return response if isinstance(response, GraphResponse) else await response
    first = graph_request.path[0] if graph_request.path else ""
    if first in _NOT_IMPLEMENTED:
        raise not_implemented(_NOT_IMPLEMENTED[first])
    if any(pattern.partition("/")[0] == first for _, pattern in _HANDLERS):
        raise not_implemented(f"{graph_request.method} for this resource")
    raise not_found(f"Resource for the segment '{first[:50]}'")


async def _batch(graph_request: GraphRequest) -> GraphResponse:
    """Handle several requests independently."""
    requests = graph_request.body.get("requests") if graph_request.method == "POST" else None
    if not isinstance(requests, list) or not 1 <= len(requests) <= MAX_BATCH_REQUESTS:
        raise bad_request(f"A batch must be posted and contain 1 to {MAX_BATCH_REQUESTS} requests.")
    return GraphResponse(body={"responses": [await _handle_part(graph_request, each) for each in requests]})


async def _handle_part(graph_request: GraphRequest, part: Json) -> JsonObject:
    """Return the response to one part of a batch, in the format of the batch response."""
    if isinstance(part, Mapping) and str(part.get("url", "")).endswith("/$value"):
        raise not_implemented("$value in a batch")
    if not isinstance(part, Mapping) or not all(isinstance(part.get(name), str) for name in ("id", "method", "url")):
        raise bad_request("Each request of a batch must have 'id', 'method', and 'url'.")
    url = urlsplit(str(part["url"]))
    headers = part.get("headers")
    part_request = GraphRequest(
        teams=graph_request.teams,
        base=graph_request.base,
        method=str(part["method"]).upper(),
        path=_parts(url.path.lstrip("/")),
        query=dict(parse_qsl(url.query)),
        headers={str(k).lower(): str(v) for k, v in headers.items()} if isinstance(headers, Mapping) else {},
        content=part.get("body"),
    )
    try:
        answer = await _dispatch(part_request)
    except GraphError as error:
        answer = GraphResponse(status=error.status, body=error.body)
    body = {} if answer.body is None else {"body": answer.body}
    return {"id": part["id"], "status": int(answer.status), "headers": dict(answer.headers), **body}


def _parts(path: str) -> tuple[str, ...]:
    return tuple(unquote(part) for part in path.split("/") if part)


def _matches(path: tuple[str, ...], pattern: list[str]) -> bool:
    return len(path) == len(pattern) and all(
        segment in ("*", part) for part, segment in zip(path, pattern, strict=True)
    )


def _decoded(content: bytes) -> Json:
    try:
        decoded: Json = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise GraphError(HTTPStatus.BAD_REQUEST, "BadRequest", "Unable to read JSON request payload.") from error
    return decoded
