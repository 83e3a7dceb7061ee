"""Getting into a chat: the person is in it, and the bot is or comes in (spec C3, S7)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.clock import Clock
from bot.domain.errors import BotAbsent, ChatSyncError, NotAllowed
from bot.domain.values import TEAMS, Chat, ChatKind, ObjectId, Person
from bot.features.shared.access import Gates
from bot.ports.graph import ChatDirectory
from bot.store.unit_of_work import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class AddApp:
    """Adds the bot's app to a chat for something that the chat is told of in a moment."""

    store: Store
    chats: ChatDirectory
    clock: Clock

    async def __call__(self, chat: Chat) -> None:
        """The app is in the chat, which is not introduced to it: what was asked for is the first that it hears."""
        async with self.store.writing() as work:
            if await work.chats.get(chat.id) is None:
                # Teams may be slow to tell of the chat; until then it is reached where the wish came from.
                await work.chats.save(replace(chat, bot_present=False))
            await work.chats.mark_introduced(chat.id, self.clock.now())
        await self.chats.install(chat.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterChat:
    """Lets a member of a chat act in it, also where the bot is not there yet."""

    gates: Gates
    chats: ChatDirectory
    add_app: AddApp

    async def look(self, chat: Chat, person: Person) -> Sequence[ObjectId | None] | None:
        """None where the bot is in the chat; else who is in this group chat, to which the bot can be added.

        Raises `NotAllowed` where the person is not in it, `BotAbsent` where the bot cannot be added, or `Unavailable`.
        """
        try:
            await self.gates.member(chat, person)
        except BotAbsent as absent:
            if chat.channel != TEAMS or chat.kind is not ChatKind.GROUP:
                raise
            return await self._look_by_graph(chat, person, absent)
        return None

    async def bring_in(self, chat: Chat) -> Chat:
        """The chat as it is reached once the bot's app is in it; raises `BotAbsent` where it could not be added."""
        try:
            await self.add_app(chat)
        except ChatSyncError as error:
            raise BotAbsent from error
        async with self.add_app.store.reading() as work:
            return await work.chats.get(chat.id) or chat

    async def _look_by_graph(self, chat: Chat, person: Person, absent: BotAbsent) -> Sequence[ObjectId | None]:
        """Graph knows who is in a chat where the bot is not; where it refuses, somebody can add the app by hand."""
        try:
            there = [each.object_id for each in await self.chats.list_members(chat.id)]
        except ChatSyncError as error:
            raise absent from error
        if person.object_id is None or person.object_id not in there:
            raise NotAllowed(
                "Only members of this chat can do this.", "Ask somebody in the chat to add you or to do it."
            )
        return there
