"""Which of some channels are in a person's teams, and what they are called there (spec A2, S7)."""

import asyncio
from collections.abc import Mapping, Sequence

from bot.domain.directory import Team
from bot.domain.errors import ChatSyncError
from bot.domain.values import ChatId, ObjectId
from bot.features.connections.connect_channel import TeamChannelRef
from bot.features.shared.services import Services

MAX_TEAMS_SEARCHED = 50
"""Teams among which a channel is looked for whose own is not known: each costs a call while somebody waits."""


async def find_channels(
    services: Services, wanted: Mapping[ChatId, str | None], person: ObjectId
) -> Mapping[ChatId, TeamChannelRef] | None:
    """Those of the channels that all members of one of the person's teams see; None where that is not told.

    `wanted`: with the team of each, where it is known.
    """
    if not wanted:
        return {}
    try:
        teams = await services.chats.list_teams(person)
    except ChatSyncError:
        return None
    named = [team for team in teams if team.id in wanted.values()]
    looked = teams[:MAX_TEAMS_SEARCHED] if None in wanted.values() else named
    found = await asyncio.gather(*(_in(services, team) for team in looked))
    return {place.channel.id: place for some in found for place in some if place.channel.id in wanted}


async def _in(services: Services, team: Team) -> Sequence[TeamChannelRef]:
    try:
        return [TeamChannelRef(team=team, channel=each) for each in await services.chats.list_channels(team.id)]
    except ChatSyncError:
        return ()  # a team that was just deleted, or does not tell, has none
