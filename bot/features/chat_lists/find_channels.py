"""Find channels in the teams of a person (spec A2, S7)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from bot.domain.directory import Team
from bot.domain.errors import ChatSyncError
from bot.domain.values import ChatId, ObjectId
from bot.features.connections.connect_channel import TeamChannelRef
from bot.features.shared.services import Services
from bot.features.shared.view_cache import Cached, fetch_many, fetch_one

MAX_TEAMS_SEARCHED = 50
"""Teams to search for a channel whose team is not known. Twenty teams cost a request while the person waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MyChannels:
    """The channels in a person's teams that all members of a team see."""

    channels: Sequence[TeamChannelRef]
    is_cut: bool
    """True if the channels of some teams are left out."""


async def find_channels(
    services: Services, team_ids: Mapping[ChatId, str | None], person: ObjectId
) -> Mapping[ChatId, TeamChannelRef] | None:
    """Return the channels that are in teams of the person and visible to all team members.

    `team_ids` has the team of each channel, or None if it is not known. Return None if the teams cannot be listed.
    """
    if not team_ids:
        return {}
    try:
        async with asyncio.timeout(services.limits.answer_within_s / 3):
            teams = await _list_teams(services, person)
            known = [team for team in teams if team.id in team_ids.values()]
            searched = teams[:MAX_TEAMS_SEARCHED] if None in team_ids.values() else known
            refs = await _channels_of(services, searched)
    except (TimeoutError, ChatSyncError):
        return None
    return {ref.channel.id: ref for ref in refs if ref.channel.id in team_ids}


async def list_my_channels(services: Services, person: ObjectId) -> MyChannels:
    """Return the channels in the person's teams, team by team; raise `Unavailable` or `NotAllowed`."""
    teams = await _list_teams(services, person)
    refs = await _channels_of(services, teams[:MAX_TEAMS_SEARCHED])
    return MyChannels(channels=refs, is_cut=len(teams) > MAX_TEAMS_SEARCHED)


async def _list_teams(services: Services, person: ObjectId) -> Sequence[Team]:
    return await fetch_one(services.view_cache, Cached.TEAMS, person, partial(services.chats.list_teams, person))


async def _channels_of(services: Services, teams: Sequence[Team]) -> Sequence[TeamChannelRef]:
    """Return the channels of the teams without those that cannot be listed, such as a team that was just deleted."""
    ids = [team.id for team in teams]
    found = await fetch_many(services.view_cache, Cached.CHANNELS, ids, services.chats.channels_of)
    return [TeamChannelRef(team=team, channel=each) for team in teams for each in found.get(team.id, ())]
