"""The queues and their states for operators and users."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.send_outcomes import DropReason
from bot.domain.values import ChatId


class Queue(StrEnum):
    """The queues of the store. A lane of the inbox is a record; a lane of the others is a chat."""

    INBOX = "inbox"
    OUTBOX = "outbox"
    SYNC = "sync"
    """Chats whose Dataverse rows need an update."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueState:
    """The pending work of a queue."""

    pending: int
    oldest_at: datetime | None
    """The arrival time of the oldest work."""
    stuck: int | None = None
    """The number of chats whose sync fails repeatedly; None for other queues."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """The outcome of a failed attempt on a lane."""

    attempts: int
    """The number of attempts so far."""
    dead_letters: int
    """The number of rows that were given up with this attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndeliveredMessage:
    """A message in the outbox, without its content."""

    id: int
    chat_id: ChatId
    enqueued_at: datetime
    attempts: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckChat:
    """A chat whose Dataverse rows cannot be updated."""

    chat_id: ChatId
    enqueued_at: datetime
    attempts: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatState:
    """The reason why the next message of a chat is delayed."""

    next_attempt_at: datetime | None = None
    """The earliest time of the next message; None if no message is pending."""
    failure: str | None = None
    """The error of the last attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionState:
    """The recent events and messages of a connection."""

    last_event_at: datetime | None = None
    event_failure: str | None = None
    """The error of the pending event, or the reason why the last event is a dead letter."""
    last_sent_at: datetime | None = None
    pending: int = 0
    """The number of pending messages about the record."""
    dead_letter_reason: str | None = None
    """The reason why the last message is a dead letter."""
    drop_reason: DropReason | None = None
    """The setting that was off when the last message was to be sent."""
