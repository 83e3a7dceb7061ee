"""Teams and channels."""

from bot.sandbox.graph.errors import not_found
from bot.sandbox.graph.people import require_user
from bot.sandbox.graph.request import GraphRequest, GraphResponse, collection
from bot.sandbox.teams.channels import CHANNELS, TEAM_ID, TEAM_MEMBERS, TEAM_NAME, SampleChannel
from bot.sandbox.values import JsonObject


async def list_joined(request: GraphRequest) -> GraphResponse:
    """Return the teams that a person has joined."""
    row: JsonObject = {"id": TEAM_ID, "displayName": TEAM_NAME, "description": None, "isArchived": False}
    return collection(request, "teams", [row] if require_user(request.path[1]).id in TEAM_MEMBERS else [])


async def list_channels(request: GraphRequest) -> GraphResponse:
    """Return a team's channels."""
    require_team(request)
    only_standard = "membershipType eq 'standard'" in request.query.get("$filter", "")
    matches = [each for each in CHANNELS if each.kind == "standard" or not only_standard]
    return collection(request, "channels", [_channel_json(request, each) for each in matches])


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
