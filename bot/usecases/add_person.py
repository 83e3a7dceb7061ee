"""Adding somebody to the chat in which the wish is uttered (spec A5)."""

from dataclasses import dataclass

from bot.domain.errors import NotAllowed, NotFound
from bot.domain.values import Chat, ChatKind, ObjectId, Person
from bot.ports import ChatDirectory, Clock, Directory, Store
from bot.usecases.answers import Answer, outgoing
from bot.usecases.gates import Gates
from cards.notice import NoticeView, notice


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPerson:
    """Adds people on behalf of a member, who may do the same in Teams."""

    store: Store
    gates: Gates
    directory: Directory
    chats: ChatDirectory
    clock: Clock

    async def __call__(self, chat: Chat, person: Person, new: ObjectId) -> Answer:
        """The word of who added whom, kept for the chat.

        Raises `NotAllowed` for those who are not in the chat, `NotFound` for somebody whom the directory does not know,
        `NotSupported` where the chat is full, or `Unavailable`.
        """
        if chat.kind is not ChatKind.GROUP:
            raise NotAllowed("Only group chats take more people.", "Write new to start a group chat.")
        await self.gates.member(chat, person)
        found = (await self.directory.people([new])).get(new)
        if found is None or not found.enabled:
            raise NotFound("This person is not in the organisation any more.", "Choose somebody else.")
        if any(each.object_id == new for each in await self.chats.members(chat.id)):
            return Answer(message=notice(NoticeView(text=f"{found.name} is in this chat already.")))
        await self.chats.add_member(chat.id, new)
        now = self.clock.now()
        message = notice(NoticeView(text=f"{person.name or 'Somebody'} added {found.name} to this chat."))
        async with self.store.writing() as work:
            await work.outbox.put([outgoing(chat, message, key=f"added {chat.id} {new} {now.isoformat()}")], at=now)
        return Answer(message=message, kept=True)
