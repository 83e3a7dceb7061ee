"""The steps that create a channel in a team (spec A2, C7)."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.channel_names import channel_exists, is_same_name
from bot.domain.directory import TeamChannel
from bot.domain.errors import BotAbsent, NotFound, Unavailable
from bot.domain.new_chat import ChatStep, NewChat
from bot.domain.values import Chat, ChatId, ObjectId, Person, RecordRef
from bot.features.connections.audience import Audience, check_audience
from bot.features.connections.connect_channel import TeamChannelRef, as_chat, require_team
from bot.features.connections.connect_chat import Note, connect_chat
from bot.features.connections.install_app import install_entry
from bot.features.shared import access
from bot.features.shared.auditing import audited
from bot.features.shared.services import Services


async def require_free_name(services: Services, team: str, name: str) -> None:
    """Raise `BadRequest` if a standard channel of the team has this name. Graph checks the others."""
    if _find(await services.chats.list_channels(team), name):
        raise channel_exists()


async def check_team_audience(
    services: Services, current: Chat, person: Person, team_id: str, record: RecordRef
) -> Audience:
    """Return who in the team would see a note about the record. This installs the app, which reads the roster."""
    team = await require_team(services, person, team_id)
    await install_in_team(services, person, team_id, record)
    channels = [TeamChannelRef(team=team, channel=each) for each in await services.chats.list_channels(team_id)]
    if not channels:
        return Audience(people=0, without_access=None)
    try:
        return await check_audience(services, await as_chat(services, current, channels[0], channels), record)
    except (BotAbsent, Unavailable):
        return Audience(people=0, without_access=None)  # Teams needs a moment to add the app.


async def install_in_team(services: Services, person: Person, team_id: str, record: RecordRef) -> None:
    """Install the app in the team for a person who can read the record."""
    readable = await access.require_readable(services, record, person)
    async with audited(services, install_entry(services, ChatId(team_id), readable.actor)):
        await services.chats.install_in_team(team_id)


async def install(services: Services, new_chat: NewChat, person: Person, _current: Chat) -> NewChat:
    """Add the app to the team."""
    await install_in_team(services, person, _team_id(new_chat), _record(new_chat))
    return new_chat.with_done(ChatStep.INSTALL)


async def create(services: Services, new_chat: NewChat, person: Person, _current: Chat) -> NewChat:
    """Create the channel, or find it if an earlier request got no response."""
    team_id, name = _team_id(new_chat), new_chat.request.topic or ""
    await access.require_readable(services, _record(new_chat), person)
    existing = _find(await services.chats.list_channels(team_id), name)
    if existing and new_chat.creation_requested_at is None:
        raise channel_exists()
    channel = existing or await services.chats.create_channel(team_id, name)
    created = replace(new_chat, chat_id=channel.id, url=channel.url, creation_requested_at=None)
    return created.with_done(ChatStep.CREATE)


async def connect(services: Services, new_chat: NewChat, person: Person, current: Chat) -> NewChat:
    """Connect the channel to the record."""
    team = await require_team(services, person, _team_id(new_chat))
    if new_chat.chat_id is None:
        raise NotFound("The channel was not created.", "Try again.")
    channel = TeamChannel(id=new_chat.chat_id, name=new_chat.request.topic or "", url=new_chat.url)
    ref = TeamChannelRef(team=team, channel=channel)
    others = [TeamChannelRef(team=team, channel=each) for each in await services.chats.list_channels(team.id)]
    chat = await as_chat(services, current, ref, [ref, *others])
    # The person's account ID in the new channel is not known. The roster of Teams also accepts the object ID.
    by_object_id = replace(person, account_id=person.object_id or ObjectId(""))
    note = Note.SEND if new_chat.request.note else Note.NONE
    await connect_chat(services, chat, by_object_id, _record(new_chat), note=note)
    return new_chat.with_done(ChatStep.CONNECT)


def _find(channels: Sequence[TeamChannel], name: str) -> TeamChannel | None:
    return next((each for each in channels if is_same_name(each.name, name)), None)


def _team_id(new_chat: NewChat) -> str:
    return new_chat.request.team or ""


def _record(new_chat: NewChat) -> RecordRef:
    if new_chat.request.record is None:
        raise NotFound("Chat Sync cannot find the record.", "Start again.")
    return new_chat.request.record
