"""Teams, as the use cases and the post room need it."""

from collections.abc import Sequence
from typing import Protocol

from bot.domain.directory import ChatAccount
from bot.domain.send_outcomes import SendOutcome
from bot.domain.values import Chat, ObjectId, Person


class Roster(Protocol):
    """Who is in a chat now, asked of Teams (spec S7)."""

    async def is_member(self, chat: Chat, person: Person) -> bool:
        """Whether the person is in the chat; raises `BotAbsent` where the bot itself is not, or `Unavailable`."""
        ...

    async def members(self, chat: Chat) -> Sequence[ObjectId | None]:
        """Everybody in the chat but the bot, guests too; None for those who are nobody in Entra ID. Raises as above."""
        ...

    async def accounts(self, chat: Chat) -> Sequence[ChatAccount]:
        """The accounts of everybody in the chat but the bot. Raises as above."""
        ...


class MessageSender(Protocol):
    """The way into chats for messages that are kept."""

    async def send(self, chat: Chat, activity: bytes) -> SendOutcome:
        """Posts the activity once and says what became of it."""
        ...
