"""Messages in the outbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.key_fields import ReportedValue
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
    previously_reported: Mapping[tuple[ConnectionId, str], ReportedValue | None] = field(default_factory=dict)
    """What the chat knew of the columns that the message tells of, by connection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingMessage:
    """A message at the head of its chat's lane, and the chat as it is reached now."""

    id: int
    chat: Chat
    activity: bytes
    attempts: int
    enqueued_at: datetime
    correlation_id: str
    caused_at: datetime | None = None
    posts: Sequence[datetime] = ()
    """When the bot wrote into the chat during the last hour, in order."""
