"""Messages that are kept until Teams has them, and how fast they may go out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.domain.key_fields import KnownValue
from bot.domain.values import Chat, ChatId, ConnectionId


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage:
    """A finished activity that is on its way to a chat."""

    key: str
    """A second message with the same key is not kept."""
    chat_id: ChatId
    activity: bytes
    """The activity as JSON."""
    connection_id: ConnectionId | None = None
    caused_at: datetime | None = None
    """When the first of the changes was made that it tells of."""
    told_before: Mapping[tuple[ConnectionId, str], KnownValue | None] = field(default_factory=dict)
    """What the chat knew of the columns that the message tells of, by connection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingMessage:
    """A message at the head of its chat's lane, and the chat as it is reached now."""

    id: int
    chat: Chat
    activity: bytes
    attempts: int
    kept_at: datetime
    correlation_id: str
    caused_at: datetime | None = None
    posts: Sequence[datetime] = ()
    """When the bot wrote into the chat during the last hour, in order."""


class Outbox(Protocol):
    """Messages that are kept until Teams has them."""

    async def put(self, messages: Sequence[OutgoingMessage], *, at: datetime) -> None:
        """Keeps each message as the last of its chat, unless one with its key is kept already."""
        ...

    async def heads(
        self, lanes: Sequence[str], posts: Mapping[ChatId, Sequence[datetime]]
    ) -> Mapping[str, WaitingMessage]:
        """The next message of each lane that has one, with its chat's posts."""
        ...

    async def sent(self, messages: Sequence[int], *, at: datetime) -> None:
        """Teams has taken the messages."""
        ...

    async def failed(self, message: int, reason: str) -> None:
        """Teams has not taken it; it stays at the head of its lane."""
        ...

    async def park(self, message: int, reason: str, *, at: datetime) -> None:
        """It will not be tried again by itself."""
        ...

    async def give_up(self, chat: ChatId, reason: str, *, at: datetime) -> None:
        """Parks everything that waits for the chat; what it would have told counts as untold again (spec K9)."""
        ...


class Pace(Protocol):
    """What was posted lately, by whichever process: Teams limits posts by chat and by tenant."""

    async def posted(self, posts: Sequence[tuple[ChatId, datetime]]) -> None:
        """Notes posts into chats."""
        ...

    async def since(self, chats: Sequence[ChatId], at: datetime) -> Mapping[ChatId, Sequence[datetime]]:
        """The posts into each chat after the instant, in order."""
        ...

    async def tenant(self, tenant: str) -> Sequence[datetime]:
        """The last posts that were reserved for the tenant, in order; nobody else may change them meanwhile."""
        ...

    async def reserve(self, tenant: str, posts: Sequence[datetime]) -> None:
        """Keeps these as the tenant's last posts."""
        ...
