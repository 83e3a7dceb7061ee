"""Connecting a channel that somebody picks from the teams that they are in (spec A2)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.directory import Team, TeamChannel
from bot.domain.errors import NotAllowed
from bot.domain.values import TEAMS, Chat, ChatKind, ObjectId, Person, RecordRef
from bot.features.connections.audience import Audience, LookAtAudience
from bot.features.connections.connect_chat import ConnectChat, Note
from bot.features.shared.access import Gates
from bot.features.shared.answers import Answer
from bot.ports.graph import ChatDirectory
from bot.store.unit_of_work import Store

TEAMS_AT_MOST = 10
"""Teams whose channels are listed at once: each costs a call while somebody waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A channel and the team that it is in."""

    team: Team
    channel: TeamChannel


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Channels to pick from."""

    listed: Sequence[Place]
    teams: int
    """So many teams the person is in, or so many of them fit the words."""

    @property
    def all_are_listed(self) -> bool:
        """Whether no team was left out."""
        return self.teams <= TEAMS_AT_MOST


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectChannel:
    """Connects channels on behalf of members of their teams."""

    store: Store
    gates: Gates
    chats: ChatDirectory
    connect: ConnectChat
    look_at_audience: LookAtAudience

    async def places(self, person: Person, words: str = "") -> Places:
        """The channels that the person may pick: those that all members see of their teams with these words."""
        teams = await self.chats.list_teams(person.object_id) if person.object_id else []
        named = [team for team in teams if words.strip().casefold() in team.name.casefold()]
        listed = named[:TEAMS_AT_MOST]
        channels = await asyncio.gather(*(self._in(team) for team in listed))
        return Places(listed=[place for found in channels for place in found], teams=len(named))

    async def __call__(
        self, here: Chat, person: Person, record: RecordRef, picked: tuple[str, str], *, note: Note
    ) -> Answer | Audience:
        """What the channel is told, or who connected it before; the audience where it is to be asked first (spec C9).

        What is picked is named by its team and its own id.

        The app is added to the team where it is not there. Raises `NotAllowed` for a channel that the person may not
        pick now (spec S7), and what connecting raises.
        """
        # Before the app is added anywhere: who may not connect this record does not reach a team by trying.
        (place, beside), _ = await asyncio.gather(self._picked(person, *picked), self.gates.opened(record, person))
        await self.chats.install_in_team(place.team.id)
        chat = await self._chat(here, place, beside)
        if note is Note.ASK:
            audience = await self.look_at_audience(chat, record)
            if audience.without_access != 0:
                return audience
        # The person's account in this channel may not be known yet; Teams' roster takes the object id too.
        by_object_id = replace(person, account_id=person.object_id or ObjectId(""))
        return await self.connect(chat, by_object_id, record, note=Note.SEND if note is Note.ASK else note)

    async def _in(self, team: Team) -> Sequence[Place]:
        return [Place(team=team, channel=each) for each in await self.chats.list_channels(team.id)]

    async def _picked(self, person: Person, team_id: str, channel_id: str) -> tuple[Place, Sequence[Place]]:
        """The channel, with all of its team."""
        teams = await self.chats.list_teams(person.object_id) if person.object_id else []
        beside = [place for team in teams if team.id == team_id for place in await self._in(team)]
        for place in beside:
            if place.channel.id == channel_id:
                return place, beside
        raise NotAllowed("This channel is not one of your teams'.", "Ask a member of the team to connect it.")

    async def _chat(self, here: Chat, place: Place, beside: Sequence[Place]) -> Chat:
        """The channel as it is reached: as the bot heard of the team, else as the person who asks."""
        async with self.store.reading() as work:
            heard = await work.chats.get_many([each.channel.id for each in beside])
        reached = heard.get(place.channel.id) or next(iter(heard.values()), here)
        return replace(reached, id=place.channel.id, kind=ChatKind.CHANNEL, channel=TEAMS, team_id=place.team.id)
