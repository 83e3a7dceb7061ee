"""Connect a channel from one of the person's teams (spec A2)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.directory import Team, TeamChannel
from bot.domain.errors import ChatSyncError, NotAllowed
from bot.domain.values import TEAMS, Chat, ChatKind, ObjectId, Person, RecordRef
from bot.features.connections.audience import Audience, check_audience
from bot.features.connections.connect_chat import Note, connect_chat
from bot.features.connections.install_app import install_entry
from bot.features.shared import access
from bot.features.shared.answers import Answer
from bot.features.shared.auditing import audited
from bot.features.shared.services import Services
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error

_log = get_logger(__name__)

TEAMS_AT_MOST = 10
"""Maximum number of teams whose channels are listed. Each team costs one request while the person waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamChannelRef:
    """A channel with its team."""

    team: Team
    channel: TeamChannel


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelChoices:
    """Channels to choose from."""

    listed: Sequence[TeamChannelRef]
    teams: int
    """Number of the person's teams that match the words."""

    @property
    def is_complete(self) -> bool:
        """True if the channels of all matching teams are listed."""
        return self.teams <= TEAMS_AT_MOST


async def find_channel_choices(services: Services, person: Person, words: str = "") -> ChannelChoices:
    """Return the standard channels of the person's teams whose names contain the words."""
    teams = await services.chats.list_teams(person.object_id) if person.object_id else []
    matching = [team for team in teams if words.strip().casefold() in team.name.casefold()]
    by_team = await asyncio.gather(*(_try_team(services, team) for team in matching[:TEAMS_AT_MOST]))
    listed = [refs for refs in by_team if not isinstance(refs, ChatSyncError)]
    errors = [refs for refs in by_team if isinstance(refs, ChatSyncError)]
    if errors and not listed:
        raise errors[0]
    return ChannelChoices(listed=[ref for refs in listed for ref in refs], teams=len(matching))


async def connect_channel(
    services: Services, current: Chat, person: Person, record: RecordRef, selected: tuple[str, str], *, note: Note
) -> Answer | Audience:
    """Connect the channel, and install the app in its team if necessary.

    `selected` has the ID of the team and the ID of the channel. Return the answer of `connect_chat`. If `note` is
    `ASK` and some people cannot open the record, return the audience instead and connect nothing (spec C9).

    Raises `NotAllowed` if the person is not in the team (spec S7), and the errors of `connect_chat`.
    """
    # Check access before the installation: people without access to the record must not install the app in a team.
    (ref, team_channels), readable = await asyncio.gather(
        _find_channel(services, person, *selected), access.require_readable(services, record, person)
    )
    async with audited(services, install_entry(services, ref.channel.id, readable.actor)):
        await services.chats.install_in_team(ref.team.id)
    channel = await as_chat(services, current, ref, team_channels)
    if note is Note.ASK:
        audience = await check_audience(services, channel, record)
        if audience.without_access != 0:
            return audience
    # The person's account ID in this channel is perhaps not known. The roster of Teams also accepts the object ID.
    by_object_id = replace(person, account_id=person.object_id or ObjectId(""))
    return await connect_chat(services, channel, by_object_id, record, note=Note.SEND if note is Note.ASK else note)


async def _try_team(services: Services, team: Team) -> Sequence[TeamChannelRef] | ChatSyncError:
    try:
        return await _team_channels(services, team)
    except ChatSyncError as error:
        _log.warning("list.team_unreadable", team=team.id, reason=describe_error(error))
        return error


async def _team_channels(services: Services, team: Team) -> Sequence[TeamChannelRef]:
    return [TeamChannelRef(team=team, channel=channel) for channel in await services.chats.list_channels(team.id)]


async def require_team(services: Services, person: Person, team_id: str) -> Team:
    """Return the team; raise `NotAllowed` if the person is not in it (spec S7)."""
    teams = await services.chats.list_teams(person.object_id) if person.object_id else []
    found = next((team for team in teams if team.id == team_id), None)
    if found is None:
        raise NotAllowed("You are not in this team.", "Ask a member of the team to do this.")
    return found


async def _find_channel(
    services: Services, person: Person, team_id: str, channel_id: str
) -> tuple[TeamChannelRef, Sequence[TeamChannelRef]]:
    """Return the channel and all channels of its team."""
    teams = await services.chats.list_teams(person.object_id) if person.object_id else []
    refs = [ref for team in teams if team.id == team_id for ref in await _team_channels(services, team)]
    for ref in refs:
        if ref.channel.id == channel_id:
            return ref, refs
    raise NotAllowed("This channel is not in any of your teams.", "Ask a member of the team to connect the channel.")


async def as_chat(
    services: Services, current: Chat, ref: TeamChannelRef, team_channels: Sequence[TeamChannelRef]
) -> Chat:
    """Return the channel with its stored address, or with the address of its team or of the current chat."""
    async with services.store.reading() as work:
        stored = await work.chats.get_many([each.channel.id for each in team_channels])
    reachable = stored.get(ref.channel.id) or next(iter(stored.values()), current)
    return replace(reachable, id=ref.channel.id, kind=ChatKind.CHANNEL, channel=TEAMS, team_id=ref.team.id, thread=None)
