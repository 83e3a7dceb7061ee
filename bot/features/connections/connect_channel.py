"""Connecting a channel that somebody picks from the teams that they are in (spec A2)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.directory import Team, TeamChannel
from bot.domain.errors import NotAllowed
from bot.domain.values import TEAMS, Chat, ChatKind, ObjectId, Person, RecordRef
from bot.features.connections.audience import Audience, check_audience
from bot.features.connections.connect_chat import Note, connect_chat
from bot.features.shared import access
from bot.features.shared.answers import Answer
from bot.features.shared.services import Services

TEAMS_AT_MOST = 10
"""Teams whose channels are listed at once: each costs a call while somebody waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamChannelRef:
    """A channel and the team that it is in."""

    team: Team
    channel: TeamChannel


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelChoices:
    """Channels to pick from."""

    listed: Sequence[TeamChannelRef]
    teams: int
    """So many teams the person is in, or so many of them fit the words."""

    @property
    def is_complete(self) -> bool:
        """Whether no team was left out."""
        return self.teams <= TEAMS_AT_MOST


async def find_channel_choices(services: Services, person: Person, words: str = "") -> ChannelChoices:
    """The channels that the person may pick: those that all members see of their teams with these words."""
    teams = await services.chats.list_teams(person.object_id) if person.object_id else []
    named = [team for team in teams if words.strip().casefold() in team.name.casefold()]
    listed = named[:TEAMS_AT_MOST]
    channels = await asyncio.gather(*(_in(services, team) for team in listed))
    return ChannelChoices(listed=[place for found in channels for place in found], teams=len(named))


async def connect_channel(
    services: Services, here: Chat, person: Person, record: RecordRef, picked: tuple[str, str], *, note: Note
) -> Answer | Audience:
    """What the channel is told, or who connected it before; the audience where it is to be asked first (spec C9).

    What is picked is named by its team and its own id.

    The app is added to the team where it is not there. Raises `NotAllowed` for a channel that the person may not
    pick now (spec S7), and what connecting raises.
    """
    # Before the app is added anywhere: who may not connect this record does not reach a team by trying.
    (place, beside), _ = await asyncio.gather(
        _picked(services, person, *picked), access.require_readable(services, record, person)
    )
    await services.chats.install_in_team(place.team.id)
    chat = await _chat(services, here, place, beside)
    if note is Note.ASK:
        audience = await check_audience(services, chat, record)
        if audience.without_access != 0:
            return audience
    # The person's account in this channel may not be known yet; Teams' roster takes the object id too.
    by_object_id = replace(person, account_id=person.object_id or ObjectId(""))
    return await connect_chat(services, chat, by_object_id, record, note=Note.SEND if note is Note.ASK else note)


async def _in(services: Services, team: Team) -> Sequence[TeamChannelRef]:
    return [TeamChannelRef(team=team, channel=each) for each in await services.chats.list_channels(team.id)]


async def _picked(
    services: Services, person: Person, team_id: str, channel_id: str
) -> tuple[TeamChannelRef, Sequence[TeamChannelRef]]:
    """The channel, with all of its team."""
    teams = await services.chats.list_teams(person.object_id) if person.object_id else []
    beside = [place for team in teams if team.id == team_id for place in await _in(services, team)]
    for place in beside:
        if place.channel.id == channel_id:
            return place, beside
    raise NotAllowed("This channel is not one of your teams'.", "Ask a member of the team to connect it.")


async def _chat(services: Services, here: Chat, place: TeamChannelRef, beside: Sequence[TeamChannelRef]) -> Chat:
    """The channel as it is reached: as the bot heard of the team, else as the person who asks."""
    async with services.store.reading() as work:
        heard = await work.chats.get_many([each.channel.id for each in beside])
    reached = heard.get(place.channel.id) or next(iter(heard.values()), here)
    return replace(reached, id=place.channel.id, kind=ChatKind.CHANNEL, channel=TEAMS, team_id=place.team.id)
