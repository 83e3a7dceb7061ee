"""Messages of the outbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.key_fields import ReportedValue
from bot.domain.values import Chat, ChatId, ConnectionId


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage:
    """A message for a chat, ready to send."""

    key: str
    """A second message with the same key is dropped."""
    chat_id: ChatId
    activity: bytes
    """The Bot Framework activity as JSON."""
    connection_id: ConnectionId | None = None
    caused_at: datetime | None = None
    """The time of the first change in the message."""
    previously_reported: Mapping[tuple[ConnectionId, str], ReportedValue | None] = field(default_factory=dict)
    """The values that the chat knew before this message, by connection and column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingMessage:
    """The first message of a chat's lane, with the chat's current address."""

    id: int
    chat: Chat
    activity: bytes
    attempts: int
    enqueued_at: datetime
    correlation_id: str
    caused_at: datetime | None = None
    posts: Sequence[datetime] = ()
    """The bot's posts to the chat during the last hour, in order."""
