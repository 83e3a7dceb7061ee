"""Teams and channels."""

from bot.sandbox.graph.errors import not_found
from bot.sandbox.graph.people import named
from bot.sandbox.graph.request import Asked, Given, collection
from bot.sandbox.teams.channels import CHANNELS, TEAM_ID, TEAM_MEMBERS, TEAM_NAME, SampleChannel
from bot.sandbox.values import JsonObject


async def joined(asked: Asked) -> Given:
    """Return the teams that a person has joined."""
    row: JsonObject = {"id": TEAM_ID, "displayName": TEAM_NAME, "description": None, "isArchived": False}
    return collection(asked, "teams", [row] if named(asked.path[1]).id in TEAM_MEMBERS else [])


async def channels(asked: Asked) -> Given:
    """Return a team's channels."""
    team(asked)
    standard = "membershipType eq 'standard'" in asked.query.get("$filter", "")
    shown = [each for each in CHANNELS if each.kind == "standard" or not standard]
    return collection(asked, "channels", [_json(asked, each) for each in shown])


async def primary_channel(asked: Asked) -> Given:
    """Return the channel "General"."""
    team(asked)
    return Given(body=_json(asked, CHANNELS[0]))


def team(asked: Asked) -> str:
    """Return the ID of the team that the request addresses. Raise `GraphError` if it does not exist."""
    if asked.path[1].lower() != TEAM_ID:
        raise not_found("The team")
    return TEAM_ID


def _json(asked: Asked, channel: SampleChannel) -> JsonObject:
    return {
        "id": channel.id,
        "displayName": channel.name,
        "membershipType": channel.kind,
        "webUrl": f"{asked.teams.settings.url}/chats/{channel.id}",
    }
