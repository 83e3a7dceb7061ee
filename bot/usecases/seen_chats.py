"""A record's chats as somebody sees them who may read it: what they are called, and the way in (spec A1, J1)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.directory import DirectoryChat
from bot.domain.errors import ChatSyncError
from bot.domain.joining import Joining
from bot.domain.surface import Verb
from bot.domain.values import ChatId, Connection
from bot.ports import ChatDirectory
from bot.usecases.gates import Actor
from bot.usecases.join_chat import whom_to_ask
from cards.buttons import Open, Press


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenChat:
    """A connected chat as the person may see it."""

    connection: Connection
    chat: DirectoryChat | None
    """None where the directory does not tell of it."""
    is_member: bool

    @property
    def name(self) -> str:
        """What it is called; without a name Teams calls it by its members, which is not for everybody."""
        return self.named(None)

    def named(self, known: str | None) -> str:
        """As above; `known`: what it was called when Teams last told."""
        return (self.chat.topic if self.chat else known) or self.unnamed

    @property
    def unnamed(self) -> str:
        """What it is called where its name is not told."""
        return f"Chat of {self.connection.connector_name}"

    def state(self, joining: Joining) -> str:
        """Whether the person is in it, may join, or why not and whom to ask."""
        if self.is_member:
            return "You are in this chat."
        if joining.allowed:
            return "You can join this chat and see all that was said."
        return f"Locked. {joining.problem} {whom_to_ask(self.connection)}"

    def button(self, joining: Joining) -> Press | Open | None:
        """The way in, where there is one."""
        if self.is_member:
            return Open(title="Open chat", url=self.chat.url) if self.chat and self.chat.url else None
        if not joining.allowed:
            return None
        return Press(title="Join", verb=Verb.JOIN, payload={"connection": str(self.connection.id)})


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAtChats:
    """Asks the directory for them."""

    chats: ChatDirectory

    async def __call__(self, connections: Sequence[Connection], actor: Actor) -> Sequence[SeenChat]:
        """The connected chats in the same order."""
        return await asyncio.gather(*(self._look_at(each, actor) for each in connections))

    async def _look_at(self, connection: Connection, actor: Actor) -> SeenChat:
        chat, members = await asyncio.gather(
            self._chat(connection.chat_id), self.chats.members(connection.chat_id), return_exceptions=True
        )
        is_member = not isinstance(members, BaseException) and any(
            each.object_id == actor.object_id for each in members
        )
        return SeenChat(
            connection=connection, chat=None if isinstance(chat, BaseException) else chat, is_member=is_member
        )

    async def _chat(self, chat: ChatId) -> DirectoryChat | None:
        try:
            return await self.chats.chat(chat)
        except ChatSyncError:
            return None  # without a name it can still be joined
