"""A record's chats as somebody sees them who may read it: what they are called, and the way in (spec A1, A2, J1)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.directory import DirectoryChat
from bot.domain.errors import ChatSyncError
from bot.domain.joining import JoinFacts
from bot.domain.public_names import Verb
from bot.domain.timeline import TimelineEntry
from bot.domain.values import ChatId, ChatKind, Connection
from bot.features.chat_lists.find_channels import find_channels
from bot.features.connections.connect_channel import TeamChannelRef
from bot.features.members.join_chat import contact_hint
from bot.features.shared.access import AuthorizedUser
from bot.features.shared.services import Services
from cards.buttons import ActionButton, LinkButton


@dataclass(frozen=True, slots=True, kw_only=True)
class VisibleChat:
    """A connected chat or channel as the person may see it."""

    connection: Connection
    is_channel: bool
    is_member: bool | None
    """Whether the person is in it, or in its team; None where that is not known."""
    topic: str | None = None
    """What the directory calls it; None where it does not tell of it."""
    url: str = ""
    """Opens it, where the person is in it."""
    team: str = ""
    """The channel's team, where the person is in it."""

    def display_name(self, known: str | None) -> str:
        """What it is called; without a name Teams calls it by its members, which is not for everybody.

        `known`: what it was called when Teams last told.
        """
        return (known if self.topic is None else self.topic) or self.generic_name

    @property
    def generic_name(self) -> str:
        """What it is called where its name is not told."""
        return "Channel of a team" if self.is_channel else f"Chat of {self.connection.connector_name}"

    def state(self, joining: JoinFacts) -> str:
        """Whether the person is in it, may join, or why not and whom to ask."""
        if self.is_channel:
            return self._state_of_channel()
        if self.is_member:
            return "You are in this chat."
        if joining.allowed:
            return "You can join this chat and see all that was said."
        return f"Locked. {joining.problem} {contact_hint(self.connection)}"

    def _state_of_channel(self) -> str:
        if self.is_member:
            return f"Channel of team {self.team}, which you are in."
        ask = f"{self.connection.connector_name}, who connected it, or your administrator."
        if self.is_member is None:
            return f"Only members of its team see this channel. Who is none asks {ask}"
        return f"Locked. Only members of its team see this channel. To get into the team, ask {ask}"

    def button(self, joining: JoinFacts) -> ActionButton | LinkButton | None:
        """The way in, where there is one."""
        if self.is_member:
            title = "Open channel" if self.is_channel else "Open chat"
            return LinkButton(title=title, url=self.url) if self.url else None
        if self.is_channel or not joining.allowed:
            return None
        return ActionButton(title="Join", verb=Verb.JOIN, payload={"connection": str(self.connection.id)})


async def find_visible_chats(
    services: Services, entries: Sequence[TimelineEntry], actor: AuthorizedUser
) -> Sequence[VisibleChat]:
    """The connected chats in the same order."""
    channels = {each.connection.chat_id: each.team_id for each in entries if each.kind is ChatKind.CHANNEL}
    chats = [each.connection for each in entries if each.kind is not ChatKind.CHANNEL]
    places, seen = await asyncio.gather(
        find_channels(services, channels, actor.object_id),
        asyncio.gather(*(_look_at(services, each, actor) for each in chats)),
    )
    found = {each.connection.id: each for each in seen}
    return [found.get(each.connection.id) or _seen_channel(each.connection, places) for each in entries]


async def _look_at(services: Services, connection: Connection, actor: AuthorizedUser) -> VisibleChat:
    chat, is_member = await asyncio.gather(
        _chat(services, connection.chat_id), _is_in(services, connection.chat_id, actor)
    )
    return VisibleChat(
        connection=connection,
        is_channel=False,
        is_member=is_member,
        topic=(chat.topic or "") if chat else None,
        url=chat.url if chat and is_member else "",
    )


async def _chat(services: Services, chat: ChatId) -> DirectoryChat | None:
    try:
        return await services.chats.get_chat(chat)
    except ChatSyncError:
        return None  # without a name it can still be joined


async def _is_in(services: Services, chat: ChatId, actor: AuthorizedUser) -> bool:
    try:
        return any(each.object_id == actor.object_id for each in await services.chats.list_members(chat))
    except ChatSyncError:
        return False


def _seen_channel(connection: Connection, places: Mapping[ChatId, TeamChannelRef] | None) -> VisibleChat:
    place = places.get(connection.chat_id) if places else None
    if place is None:
        is_member = None if places is None else False
        return VisibleChat(connection=connection, is_channel=True, is_member=is_member)
    return VisibleChat(
        connection=connection,
        is_channel=True,
        is_member=True,
        topic=place.channel.name,
        url=place.channel.url,
        team=place.team.name,
    )
