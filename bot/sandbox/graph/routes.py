"""Routing of Graph requests by method and path."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote, urlsplit

import orjson
from aiohttp import web

from bot.sandbox.graph import apps, chats, people, subscriptions, teams
from bot.sandbox.graph.errors import GraphError, bad_request, not_found, not_offered
from bot.sandbox.graph.request import Asked, Given
from bot.sandbox.teams.sample_organization import TEAMS
from bot.sandbox.values import Json, JsonObject

TOGETHER_AT_MOST = 20
"""Maximum number of requests in a batch ("Combine multiple HTTP requests using JSON batching")."""

Handler = Callable[[Asked], Given | Awaitable[Given]]

_HANDLERS: Mapping[tuple[str, str], Handler] = {
    ("GET", "appCatalogs/teamsApps"): apps.catalog,
    ("POST", "chats"): chats.create,
    ("GET", "chats/*"): chats.read,
    ("PATCH", "chats/*"): chats.change,
    ("GET", "chats/*/installedApps"): apps.in_chat,
    ("POST", "chats/*/installedApps"): apps.add_to_chat,
    ("DELETE", "chats/*/installedApps/*"): apps.remove_from_chat,
    ("GET", "chats/*/members"): chats.members,
    ("POST", "chats/*/members"): chats.add_member,
    ("DELETE", "chats/*/members/*"): chats.remove_member,
    ("POST", "communications/getPresencesByUserId"): people.presences,
    ("GET", "subscriptions"): subscriptions.listed,
    ("POST", "subscriptions"): subscriptions.create,
    ("GET", "subscriptions/*"): subscriptions.read,
    ("PATCH", "subscriptions/*"): subscriptions.renew,
    ("DELETE", "subscriptions/*"): subscriptions.end,
    ("POST", "subscriptions/*/reauthorize"): subscriptions.reauthorize,
    ("GET", "teams/*/channels"): teams.channels,
    ("GET", "teams/*/installedApps"): apps.in_team,
    ("POST", "teams/*/installedApps"): apps.add_to_team,
    ("GET", "teams/*/primaryChannel"): teams.primary_channel,
    ("GET", "users"): people.users,
    ("GET", "users/*"): people.user,
    ("GET", "users/*/chats"): chats.of_user,
    ("GET", "users/*/joinedTeams"): teams.joined,
    ("GET", "users/*/licenseDetails"): people.licences,
    ("GET", "users/*/transitiveMemberOf/microsoft.graph.directoryRole"): people.directory_roles,
}

_NOT_OFFERED: Mapping[str, str] = {
    "me": "/me, which needs a signed-in person; the app asks for /users/{id}",
    "groups": "groups; ask for a person's joinedTeams",
}


async def graph(request: web.Request) -> web.Response:
    """Handle a request to Graph. Raise `GraphError` if it is rejected."""
    way, _, _ = request.path.partition("/graph/")
    base = f"{request.url.origin()}{way}/graph/{request.match_info['version']}"
    content = await request.read()
    asked = Asked(
        teams=request.app[TEAMS],
        base=base,
        method=request.method,
        path=_parts(request.rel_url.raw_path.partition(f"/{request.match_info['version']}/")[2]),
        query=dict(request.query),
        headers={name.lower(): value for name, value in request.headers.items()},
        content=_decoded(content) if content else None,
    )
    given = await (_batch(asked) if asked.path == ("$batch",) else _served(asked))
    body = orjson.dumps(given.body) if given.body is not None else None
    kind = {"Content-Type": "application/json"} if body else {}
    return web.Response(status=given.status, body=body, headers={**kind, **given.headers})


async def _served(asked: Asked) -> Given:
    """Handle one request. Raise `GraphError` if it is rejected."""
    for (method, pattern), handler in _HANDLERS.items():
        if method == asked.method and _fits(asked.path, pattern.split("/")):
            given = handler(asked)
            return given if isinstance(given, Given) else await given
    first = asked.path[0] if asked.path else ""
    if first in _NOT_OFFERED:
        raise not_offered(_NOT_OFFERED[first])
    if any(pattern.partition("/")[0] == first for _, pattern in _HANDLERS):
        raise not_offered(f"{asked.method} of this resource; no client of it has asked for it yet")
    raise not_found(f"Resource for the segment '{first[:50]}'")


async def _batch(asked: Asked) -> Given:
    """Handle several requests independently."""
    listed = asked.body.get("requests") if asked.method == "POST" else None
    if not isinstance(listed, list) or not 1 <= len(listed) <= TOGETHER_AT_MOST:
        raise bad_request(f"A batch is posted and holds 1 to {TOGETHER_AT_MOST} requests.")
    return Given(body={"responses": [await _answered(asked, each) for each in listed]})


async def _answered(asked: Asked, given: Json) -> JsonObject:
    """Return the response to one part of a batch, in the format of the batch response."""
    if not isinstance(given, Mapping) or not all(isinstance(given.get(name), str) for name in ("id", "method", "url")):
        raise bad_request("Each request of a batch needs 'id', 'method' and 'url'.")
    parts = urlsplit(str(given["url"]))
    headers = given.get("headers")
    one = Asked(
        teams=asked.teams,
        base=asked.base,
        method=str(given["method"]).upper(),
        path=_parts(parts.path.lstrip("/")),
        query=dict(parse_qsl(parts.query)),
        headers={str(k).lower(): str(v) for k, v in headers.items()} if isinstance(headers, Mapping) else {},
        content=given.get("body"),
    )
    try:
        answer = await _served(one)
    except GraphError as error:
        answer = Given(status=error.status, body=error.body)
    body = {} if answer.body is None else {"body": answer.body}
    return {"id": given["id"], "status": int(answer.status), "headers": dict(answer.headers), **body}


def _parts(path: str) -> tuple[str, ...]:
    return tuple(unquote(part) for part in path.split("/") if part)


def _fits(path: tuple[str, ...], pattern: list[str]) -> bool:
    return len(path) == len(pattern) and all(want in ("*", part) for part, want in zip(path, pattern, strict=True))


def _decoded(content: bytes) -> Json:
    try:
        decoded: Json = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise GraphError(HTTPStatus.BAD_REQUEST, "BadRequest", "Unable to read JSON request payload.") from error
    return decoded
