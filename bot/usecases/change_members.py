"""Adding people to the chat in which the wish is uttered, and removing them from it (spec A5)."""

import asyncio
from dataclasses import dataclass

from bot.domain.errors import NotAllowed, NotFound
from bot.domain.values import Chat, ChatKind, ObjectId, Person
from bot.ports import ChatDirectory, Clock, Directory, Store
from bot.usecases.answers import Answer, outgoing
from bot.usecases.gates import Gates
from cards.notice import NoticeView, notice


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeMembers:
    """Acts on behalf of a member of a group chat, who may do the same in Teams.

    Each gives the word of who did what to whom, kept for the chat, and raises `NotAllowed` for those who are not in the
    chat, `NotFound` for somebody whom the directory does not know, `NotSupported` where the chat is full, or
    `Unavailable`.
    """

    store: Store
    gates: Gates
    directory: Directory
    chats: ChatDirectory
    clock: Clock

    async def add(self, chat: Chat, person: Person, other: ObjectId) -> Answer:
        """The other person is in the chat, and sees what was said before."""
        name = await self._name(chat, person, other)
        if await self._is_in(chat, other):
            return Answer(message=notice(NoticeView(text=f"{name} is in this chat already.")))
        await self.chats.add_member(chat.id, other)
        return await self._tell(chat, f"{person.name or 'Somebody'} added {name} to this chat.", f"added {other}")

    async def remove(self, chat: Chat, person: Person, other: ObjectId) -> Answer:
        """The other person is not in the chat any more."""
        name = await self._name(chat, person, other)
        if not await self._is_in(chat, other):
            return Answer(message=notice(NoticeView(text=f"{name} is not in this chat.")))
        await self.chats.remove_member(chat.id, other)
        return await self._tell(chat, f"{person.name or 'Somebody'} removed {name} from this chat.", f"removed {other}")

    async def _name(self, chat: Chat, person: Person, other: ObjectId) -> str:
        """What the other person is called, where this person may act here at all."""
        if chat.kind is not ChatKind.GROUP:
            raise NotAllowed("Only of group chats people can be added and removed.", "Write new to start a group chat.")
        await asyncio.gather(self.gates.actors(person), self.gates.member(chat, person))
        found = (await self.directory.people([other])).get(other)
        if found is None or not found.enabled:
            raise NotFound("This person is not in the organisation any more.", "Choose somebody else.")
        return found.name

    async def _is_in(self, chat: Chat, other: ObjectId) -> bool:
        return any(each.object_id == other for each in await self.chats.members(chat.id))

    async def _tell(self, chat: Chat, text: str, what: str) -> Answer:
        now = self.clock.now()
        message = notice(NoticeView(text=text))
        async with self.store.writing() as work:
            await work.outbox.put([outgoing(chat, message, key=f"{what} {chat.id} {now.isoformat()}")], at=now)
        return Answer(message=message, kept=True)
