"""Adding people to the chat in which the wish is uttered, and removing them from it (spec A5)."""

import asyncio
from dataclasses import dataclass
from functools import partial

from bot.clock import Clock
from bot.domain.errors import NotAllowed, NotFound
from bot.domain.values import Chat, ChatKind, ObjectId, Person
from bot.features.members.membership import Membership
from bot.features.shared.access import Gates
from bot.features.shared.answers import Answer, outgoing
from bot.ports.graph import Directory
from bot.store.unit_of_work import Store
from cards.message import Message
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
    membership: Membership
    clock: Clock

    async def add(self, chat: Chat, person: Person, other: ObjectId) -> Answer:
        """The other person is in the chat, and sees what was said before."""
        name = await self._name(chat, person, other)
        if await self.membership.has(chat.id, other):
            return Answer(message=_said(f"{name} is in this chat already."))
        message = _said(f"{person.name or 'Somebody'} added {name} to this chat.")
        await self.membership.add(chat.id, other, partial(self._tell, chat, message, f"added {other}"))
        return Answer(message=message, kept=True)

    async def remove(self, chat: Chat, person: Person, other: ObjectId) -> Answer:
        """The other person is not in the chat any more."""
        name = await self._name(chat, person, other)
        if not await self.membership.has(chat.id, other):
            return Answer(message=_said(f"{name} is not in this chat."))
        message = _said(f"{person.name or 'Somebody'} removed {name} from this chat.")
        await self.membership.remove(chat.id, other, partial(self._tell, chat, message, f"removed {other}"))
        return Answer(message=message, kept=True)

    async def _name(self, chat: Chat, person: Person, other: ObjectId) -> str:
        """What the other person is called, where this person may act here at all."""
        if chat.kind is not ChatKind.GROUP:
            raise NotAllowed("Only of group chats people can be added and removed.", "Write new to start a group chat.")
        await asyncio.gather(self.gates.actors(person), self.gates.member(chat, person))
        found = (await self.directory.get_people([other])).get(other)
        if found is None or not found.enabled:
            raise NotFound("This person is not in the organisation any more.", "Choose somebody else.")
        return found.name

    async def _tell(self, chat: Chat, message: Message, what: str) -> None:
        now = self.clock.now()
        async with self.store.writing() as work:
            await work.outbox.enqueue([outgoing(chat, message, key=f"{what} {chat.id} {now.isoformat()}")], at=now)


def _said(text: str) -> Message:
    return notice(NoticeView(text=text))
