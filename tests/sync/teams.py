"""Fake Teams."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.domain.directory import ChatAccount, DirectoryChat
from bot.domain.errors import Unavailable
from bot.domain.values import Chat, ChatId, ObjectId, Person
from tests.wire.people import Somebody


@dataclass
class FakeTeams:
    """Members and topics of chats. It replaces the roster and the chat directory."""

    people: dict[ChatId, list[Somebody]] = field(default_factory=dict)
    topics: dict[ChatId, str | None] = field(default_factory=dict)
    down: set[str] = field(default_factory=set)
    """Services that fail: `roster`, `topics`."""

    def _require(self, what: str) -> None:
        if what in self.down:
            raise Unavailable("Teams is not responding.", "Try again in a moment.")

    async def accounts(self, chat: Chat) -> Sequence[ChatAccount]:
        self._require("roster")
        return [
            ChatAccount(id=each.account_id, object_id=ObjectId(each.object_id), name=each.name)
            for each in self.people[chat.id]
        ]

    async def members(self, chat: Chat) -> Sequence[ObjectId | None]:
        return [each.object_id for each in await self.accounts(chat)]

    async def is_member(self, chat: Chat, person: Person) -> bool:
        return person.object_id in await self.members(chat)

    async def get_chat(self, chat: ChatId) -> DirectoryChat:
        self._require("topics")
        return DirectoryChat(id=chat, topic=self.topics.get(chat), created_at=None, url="")
