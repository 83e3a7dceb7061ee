"""Connecting a channel that somebody picks from the teams that they are in (spec A2)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.directory import Team, TeamChannel
from bot.domain.errors import NotAllowed
from bot.domain.values import TEAMS, Chat, ChatKind, ObjectId, Person, RecordRef
from bot.ports import ChatDirectory, Store
from bot.usecases.answers import Answer
from bot.usecases.audience import LookAtAudience
from bot.usecases.connect_chat import ConnectChat, Note

TEAMS_AT_MOST = 10
"""Teams whose channels are listed: each costs a call while somebody waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A channel and the team that it is in."""

    team: Team
    channel: TeamChannel


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectChannel:
    """Connects channels on behalf of members of their teams."""

    store: Store
    chats: ChatDirectory
    connect: ConnectChat
    look_at_audience: LookAtAudience

    async def places(self, person: Person) -> Sequence[Place]:
        """The channels that the person may pick: those that all members of their teams see."""
        teams = (await self.chats.teams_of(person.object_id))[:TEAMS_AT_MOST] if person.object_id else []
        channels = await asyncio.gather(*(self.chats.channels_of(team.id) for team in teams))
        return [Place(team=team, channel=each) for team, found in zip(teams, channels, strict=True) for each in found]

    async def __call__(
        self, here: Chat, person: Person, record: RecordRef, channel_id: str, *, note: Note
    ) -> Answer | None:
        """What the channel is told, or who connected it before; None where it is to be asked first (spec C9).

        The app is added to the team where it is not there. Raises `NotAllowed` for a channel that the person may not
        pick now (spec S7), and what connecting raises.
        """
        places = await self.places(person)
        place = next((each for each in places if each.channel.id == channel_id), None)
        if place is None:
            raise NotAllowed("This channel is not one of your teams'.", "Ask a member of the team to connect it.")
        await self.chats.install_in_team(place.team.id)
        chat = await self._chat(here, place, [each for each in places if each.team == place.team])
        if note is Note.ASK and (await self.look_at_audience(chat, record)).without_access != 0:
            return None
        # The person's account in this channel may not be known yet; Teams' roster takes the object id too.
        by_object_id = replace(person, account_id=person.object_id or ObjectId(""))
        return await self.connect(chat, by_object_id, record, note=Note.SEND if note is Note.ASK else note)

    async def _chat(self, here: Chat, place: Place, beside: Sequence[Place]) -> Chat:
        """The channel as it is reached: as the bot heard of the team, else as the person who asks."""
        async with self.store.reading() as work:
            heard = await work.chats.of([each.channel.id for each in beside])
        reached = heard.get(place.channel.id) or next(iter(heard.values()), here)
        return replace(reached, id=place.channel.id, kind=ChatKind.CHANNEL, channel=TEAMS)
