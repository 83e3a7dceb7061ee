"""Teams and channels."""

import re
from http import HTTPStatus

from bot.sandbox.graph.errors import GraphError, bad_request, forbidden, not_found, not_implemented
from bot.sandbox.graph.people import require_user
from bot.sandbox.graph.request import GraphRequest, GraphResponse, collection
from bot.sandbox.teams.channels import CHANNELS, TEAM_ID, TEAM_MEMBERS, TEAM_NAME, SampleChannel, all_channels
from bot.sandbox.values import JsonObject

CREATE_PERMISSION = "Channel.Create"
MAX_NAME_LENGTH = 50

_FORBIDDEN = re.compile(r"[~#%&*{}+/\\:<>?|'\"\x00-\x1f\x80-\x9f]")


async def list_joined(request: GraphRequest) -> GraphResponse:
    """Return the teams that a person has joined."""
    row: JsonObject = {"id": TEAM_ID, "displayName": TEAM_NAME, "description": None, "isArchived": False}
    return collection(request, "teams", [row] if require_user(request.path[1]).id in TEAM_MEMBERS else [])


async def list_channels(request: GraphRequest) -> GraphResponse:
    """Return a team's channels."""
    require_team(request)
    only_standard = "membershipType eq 'standard'" in request.query.get("$filter", "")
    matches = [each for each in all_channels(request.teams.rows) if each.kind == "standard" or not only_standard]
    return collection(request, "channels", [_channel_json(request, each) for each in matches])


async def create_channel(request: GraphRequest) -> GraphResponse:
    """Create a standard channel."""
    require_team(request)
    if request.body.get("membershipType", "standard") != "standard":
        raise not_implemented("channels other than standard channels")
    if CREATE_PERMISSION in request.teams.withheld:
        raise forbidden(f"Missing role permissions on the request. API requires one of '{CREATE_PERMISSION}'.")
    name = request.body.get("displayName")
    if not isinstance(name, str) or not name.strip() or len(name) > MAX_NAME_LENGTH:
        raise bad_request("Channel name must not be empty and must not exceed the limit.")
    if _FORBIDDEN.search(name) or name.startswith("_") or name != name.strip("."):
        raise bad_request("Channel name contains characters that are not allowed.")
    if any(each.name.casefold() == name.casefold() for each in all_channels(request.teams.rows)):
        raise GraphError(HTTPStatus.BAD_REQUEST, "NameAlreadyExists", "A channel with this name already exists.")
    created = await request.teams.create_channel(name)
    return GraphResponse(status=HTTPStatus.CREATED, body=_channel_json(request, created))


async def primary_channel(request: GraphRequest) -> GraphResponse:
    """Return the channel "General"."""
    require_team(request)
    return GraphResponse(body=_channel_json(request, CHANNELS[0]))


def require_team(request: GraphRequest) -> str:
    """Return the ID of the team that the request addresses. Raise `GraphError` if it does not exist."""
    if request.path[1].lower() != TEAM_ID:
        raise not_found("The team")
    return TEAM_ID


def _channel_json(request: GraphRequest, channel: SampleChannel) -> JsonObject:
    return {
        "id": channel.id,
        "displayName": channel.name,
        "membershipType": channel.kind,
        "webUrl": f"{request.teams.settings.url}/chats/{channel.id}",
    }
