"""Find channels in the teams of a person (spec A2, S7)."""

import asyncio
from collections.abc import Mapping, Sequence

from bot.domain.directory import Team
from bot.domain.errors import ChatSyncError
from bot.domain.values import ChatId, ObjectId
from bot.features.connections.connect_channel import TeamChannelRef
from bot.features.shared.services import Services

MAX_TEAMS_SEARCHED = 50
"""Teams to search for a channel whose team is not known. Each team costs a request while the person waits."""


async def find_channels(
    services: Services, team_ids: Mapping[ChatId, str | None], person: ObjectId
) -> Mapping[ChatId, TeamChannelRef] | None:
    """Return the channels that are in teams of the person and visible to all team members.

    `team_ids` has the team of each channel, or None if it is not known. Return None if the teams cannot be listed.
    """
    if not team_ids:
        return {}
    try:
        teams = await services.chats.list_teams(person)
    except ChatSyncError:
        return None
    known = [team for team in teams if team.id in team_ids.values()]
    searched = teams[:MAX_TEAMS_SEARCHED] if None in team_ids.values() else known
    results = await asyncio.gather(*(_channels_of(services, team) for team in searched))
    return {ref.channel.id: ref for refs in results for ref in refs if ref.channel.id in team_ids}


async def _channels_of(services: Services, team: Team) -> Sequence[TeamChannelRef]:
    try:
        channels = await services.chats.list_channels(team.id)
    except ChatSyncError:
        return ()  # the team was just deleted, or its channels cannot be listed
    return [TeamChannelRef(team=team, channel=channel) for channel in channels]
