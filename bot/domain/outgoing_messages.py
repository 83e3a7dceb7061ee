"""Messages of the outbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.key_fields import ReportedValue
from bot.domain.posted_cards import CardKind
from bot.domain.values import Chat, ChatId, ConnectionId, EnvironmentId


class Switch(StrEnum):
    """A setting of administrators that must be on when a message is sent that nobody asked for (spec S1)."""

    CHATS = "chats"
    """Chats are turned on. Without an environment, they are turned on in at least one of them."""
    RECORD_TYPE = "record type"
    """The record type is also turned on."""
    KEY_FIELDS = "key fields"
    """Cards about changed key fields are also turned on for the record type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A record type that a message is about. `switch` is None for the answer to a person's act."""

    environment: EnvironmentId | None = None
    """None if the message is not about records."""
    table: str | None = None
    switch: Switch | None = None
    columns: tuple[str, ...] = ()
    """The key fields whose changes the message reports. Empty for messages of earlier versions."""
    shows_values: bool = False
    """True if everyone in the chat sees values of key fields."""
    shows_secured: bool = False
    """True if everyone in the chat sees values of secured key fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardVersion:
    """A card that is edited, and the version of its content in a message."""

    card_id: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingCard(CardVersion):
    """A card that a pending message posts or edits."""

    kind: CardKind | None
    """None if the card is no longer stored."""
    activity_id: str | None
    """The message to edit; None to post a new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage:
    """A message for a chat, ready to send."""

    key: str
    """A second message with the same key is dropped."""
    chat_id: ChatId
    activity: bytes
    """The Bot Framework activity as JSON."""
    thread: str | None = None
    """The conversation ID of the channel's thread to post in; None for the chat itself."""
    connection_id: ConnectionId | None = None
    subjects: tuple[Subject, ...] = ()
    """The record types that the message is about: several for a summary."""
    caused_at: datetime | None = None
    """The time of the first change in the message."""
    previously_reported: Mapping[tuple[ConnectionId, str], ReportedValue | None] = field(default_factory=dict)
    """The values that the chat knew before this message, by connection and column."""
    card: CardVersion | None = None
    """The card that the message posts or edits; None for a message that is not edited later."""


SUMMARY_KEY = "caught up "
"""Beginning of the keys of messages that sum up earlier changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingMessage:
    """The first message of a chat's lane, with the chat's current address."""

    id: int
    chat: Chat
    activity: bytes
    attempts: int
    enqueued_at: datetime
    correlation_id: str
    trace: str | None = None
    """The trace that posting it continues."""
    last_failure: str | None = None
    """The reason why the last attempt failed; None before the first attempt."""
    subjects: tuple[Subject, ...] = ()
    disconnected: bool = False
    """True if a person has disconnected a record that the message is about."""
    is_summary: bool = False
    """True if the message sums up earlier changes. Such messages let others pass at the tenant's limit."""
    caused_at: datetime | None = None
    posts: Sequence[datetime] = ()
    """The bot's posts to the chat during the last hour, in order."""
    card: PendingCard | None = None
