"""The chats of a record as one person may see them: names, membership, and buttons (spec A1, A2, J1)."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.directory import MAX_EXPANDED_MEMBERS, DirectoryChat
from bot.domain.errors import ChatSyncError
from bot.domain.joining import JoinFacts
from bot.domain.public_names import Verb
from bot.domain.texts import sentences, text
from bot.domain.timeline import TimelineEntry
from bot.domain.values import ChatId, ChatKind, Connection, ObjectId
from bot.features.chat_lists.find_channels import find_channels
from bot.features.connections.connect_channel import TeamChannelRef
from bot.features.members.app_presence import UNREACHABLE
from bot.features.members.join_chat import contact_hint, team_hint
from bot.features.shared.access import AuthorizedUser
from bot.features.shared.answers import connection_data
from bot.features.shared.chat_members import list_member_ids
from bot.features.shared.services import Services
from bot.features.shared.view_cache import Cached, fetch_many
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error
from cards.buttons import ActionButton, LinkButton

_LOCKED = text("Locked.")

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class VisibleChat:
    """A connected chat or channel, as the person may see it."""

    connection: Connection
    is_channel: bool
    is_member: bool | None
    """True if the person is a member of the chat, or of the channel's team; None if that is not known."""
    is_reachable: bool = True
    """False if the app cannot post in the chat. Then nobody can join it, because nobody would see that."""
    topic: str | None = None
    """The current name in Teams; None if it is not known."""
    url: str = ""
    """Link that opens the chat; empty if the person is not a member."""
    team: str = ""
    """The name of the channel's team; empty if the person is not a member."""

    def display_name(self, saved_topic: str | None) -> str:
        """Return the name of the chat. A chat without a name gets a generic one, because members are private.

        `saved_topic` is the last known name. It is used if the current name is not known.
        """
        return (saved_topic if self.topic is None else self.topic) or self.generic_name

    @property
    def generic_name(self) -> str:
        """A name that discloses nothing about the chat."""
        return (
            text("Channel of a team")
            if self.is_channel
            else text("Chat of {person}", person=self.connection.connector_name)
        )

    def state(self, joining: JoinFacts) -> str:
        """Return whether the person is a member or can join, or else the reason and the person to ask."""
        if self.is_channel:
            return self._channel_state()
        if self.is_member:
            return text("You are in this chat.")
        if not self.is_reachable:
            return sentences(_LOCKED, UNREACHABLE, contact_hint(self.connection))
        if joining.allowed:
            return text("You can join this chat and see its full history.")
        return sentences(_LOCKED, joining.problem, contact_hint(self.connection))

    def _channel_state(self) -> str:
        if self.is_member:
            return text("This channel is in your team {team}.", team=self.team)
        access, hint = text("Only team members can see this channel."), team_hint(self.connection)
        return sentences("" if self.is_member is None else _LOCKED, access, hint)

    def button(self, joining: JoinFacts) -> ActionButton | LinkButton | None:
        """Return the button that opens or joins the chat, if there is one."""
        if self.is_member:
            title = text("Open channel") if self.is_channel else text("Open chat")
            return LinkButton(title=title, url=self.url) if self.url else None
        if self.is_channel or not joining.allowed or not self.is_reachable:
            return None
        return ActionButton(title=text("Join"), verb=Verb.JOIN, payload=connection_data(self.connection))


async def find_visible_chats(
    services: Services,
    entries: Sequence[TimelineEntry],
    actor: AuthorizedUser,
    mine: Mapping[ChatId, DirectoryChat],
) -> Sequence[VisibleChat]:
    """Return the connected chats in the order of the entries.

    `mine`: chats that Microsoft Graph has just listed for the person. It is asked only about the others.
    """
    team_ids = {entry.connection.chat_id: entry.team_id for entry in entries if entry.kind is ChatKind.CHANNEL}
    in_chats = [entry for entry in entries if entry.kind is not ChatKind.CHANNEL]
    channels, chats = await asyncio.gather(
        find_channels(services, team_ids, actor.object_id), _visible_chats(services, in_chats, actor, mine)
    )
    by_id = {chat.connection.id: chat for chat in chats}
    return [by_id.get(entry.connection.id) or _visible_channel(entry.connection, channels) for entry in entries]


async def _visible_chats(
    services: Services,
    entries: Sequence[TimelineEntry],
    actor: AuthorizedUser,
    mine: Mapping[ChatId, DirectoryChat],
) -> Sequence[VisibleChat]:
    others = [entry.connection.chat_id for entry in entries if entry.connection.chat_id not in mine]
    found = await _get_chats(services, others)
    joined = await _with_member(services, found, actor.object_id)
    return [_visible_chat(entry, {**found, **mine}, {*mine, *joined}) for entry in entries]


def _visible_chat(
    entry: TimelineEntry, chats: Mapping[ChatId, DirectoryChat], joined: Collection[ChatId]
) -> VisibleChat:
    """Return the chat for the person, who is a member of the joined ones.

    Graph also names chats that the app was removed from. Only members get the current name of those.
    """
    connection = entry.connection
    is_reachable = entry.bot_present and connection.paused_at is None
    is_member = connection.chat_id in joined
    chat = chats.get(connection.chat_id) if is_reachable or is_member else None
    return VisibleChat(
        connection=connection,
        is_channel=False,
        is_member=is_member,
        is_reachable=is_reachable,
        topic=(chat.topic or "") if chat else None,
        url=chat.url if chat and is_member else "",
    )


async def _get_chats(services: Services, chats: Sequence[ChatId]) -> Mapping[ChatId, DirectoryChat]:
    """Return the chats with their names and members. People can join a chat without its name."""
    try:
        async with asyncio.timeout(services.limits.answer_within_s / 3):
            return await fetch_many(services.view_cache, Cached.CHATS, chats, services.chats.get_chats)
    except (TimeoutError, ChatSyncError) as error:
        _log.warning("list.details_missing", details="chats", reason=describe_error(error))
        return {}


async def _with_member(
    services: Services, chats: Mapping[ChatId, DirectoryChat], person: ObjectId
) -> frozenset[ChatId]:
    """Return the chats that the person is a member of. The members that come with a large chat are not all."""
    joined = {name for name, chat in chats.items() if any(member.object_id == person for member in chat.members)}
    large = [name for name in chats.keys() - joined if len(chats[name].members) >= MAX_EXPANDED_MEMBERS]
    rosters = await asyncio.gather(*(list_member_ids(services, chat) for chat in large))
    return frozenset(joined | {chat for chat, roster in zip(large, rosters, strict=True) if person in roster})


def _visible_channel(connection: Connection, channels: Mapping[ChatId, TeamChannelRef] | None) -> VisibleChat:
    found = channels.get(connection.chat_id) if channels else None
    if found is None:
        is_member = None if channels is None else False
        return VisibleChat(connection=connection, is_channel=True, is_member=is_member)
    return VisibleChat(
        connection=connection,
        is_channel=True,
        is_member=True,
        topic=found.channel.name,
        url=found.channel.url,
        team=found.team.name,
    )
