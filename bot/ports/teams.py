"""Ports to Teams: rosters and messages."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from bot.domain.directory import ChatAccount
from bot.domain.send_outcomes import SendOutcome
from bot.domain.values import Chat, ObjectId, Person


class Roster(Protocol):
    """The current members of a chat, from Teams (spec S7)."""

    async def is_member(self, chat: Chat, person: Person) -> bool:
        """Return whether the person is in the chat; raises `BotAbsent` if the bot is not, or `Unavailable`."""
        ...

    async def members(self, chat: Chat) -> Sequence[ObjectId | None]:
        """Return the Entra ids of all members except the bot, including guests.

        Members without an Entra id are None. Raises as above.
        """
        ...

    async def accounts(self, chat: Chat) -> Sequence[ChatAccount]:
        """Return the accounts of all members except the bot. Raises as above."""
        ...


class ChatMessages(Protocol):
    """Posts what a chat must know before something happens to it. Messages that can wait belong in the outbox."""

    async def post(self, chat: Chat, activity: bytes) -> str:
        """Post the activity once, and return the ID of the message.

        Raises `BotAbsent`, `NotSupported` if Teams never accepts it, or `Unavailable`.
        """
        ...

    async def edit(self, chat: Chat, message: str, activity: bytes) -> None:
        """Replace the content of the message. Raises as above."""
        ...

    async def delete(self, chat: Chat, message: str) -> None:
        """Delete the message. Raises as above."""
        ...


class Targeted(StrEnum):
    """The outcome of a request about a targeted message."""

    DONE = "done"
    REFUSED = "refused"
    """Teams does not accept targeted messages here, or does not know them."""
    FAILED = "failed"
    """Teams could not be reached, or has another problem that may pass."""


class TargetedMessages(Protocol):
    """Messages in a chat that only one member sees (spec V13). They disappear after 24 hours."""

    def are_supported(self, chat: Chat) -> bool:
        """Return whether the chat's service can know targeted messages. Others could show them to everyone."""
        ...

    async def post(self, chat: Chat, person: Person, activity: bytes) -> Targeted:
        """Post the activity once, for this person. Raises `Unavailable` if the bot cannot sign in."""
        ...

    async def edit(self, chat: Chat, message: str, activity: bytes) -> Targeted:
        """Replace the content of a targeted message. Raises as above."""
        ...

    async def delete(self, chat: Chat, message: str) -> Targeted:
        """Delete a targeted message. Raises as above."""
        ...


class MessageSender(Protocol):
    """Sends messages of the outbox."""

    async def send(self, chat: Chat, activity: bytes) -> SendOutcome:
        """Post the activity once and return the outcome."""
        ...

    async def send_card(self, chat: Chat, activity: bytes, activity_id: str | None) -> SendOutcome:
        """Replace the content of this message, or post a new one for None, whose ID is in the outcome."""
        ...
