"""The queues, and the states that operators and users see."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.values import ChatId


class Queue(StrEnum):
    """What is kept until it is worked off, in lanes: a lane of the inbox is a record, those of the others are chats."""

    INBOX = "inbox"
    OUTBOX = "outbox"
    SYNC = "sync"
    """Chats whose rows in Dataverse are to be brought up to date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueState:
    """What waits in a queue."""

    pending: int
    oldest_at: datetime | None
    """When the oldest was put in."""
    stuck: int | None = None
    """For how many chats sync fails again and again; None of other queues."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndeliveredMessage:
    """A message that Teams does not have; what it says stays out of sight."""

    id: int
    chat_id: ChatId
    enqueued_at: datetime
    attempts: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckChat:
    """A chat whose rows in Dataverse cannot be brought up to date."""

    chat_id: ChatId
    enqueued_at: datetime
    attempts: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatState:
    """What is in the way of a chat's next message."""

    next_attempt_at: datetime | None = None
    """When the next message may go out; None where none waits."""
    failure: str | None = None
    """Why it was not taken so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionState:
    """What became of a connection lately."""

    last_event_at: datetime | None = None
    event_failure: str | None = None
    """Why nothing could follow from an event so far, or why it was given up."""
    last_sent_at: datetime | None = None
    pending: int = 0
    """Messages about the record that wait for their chat."""
    dead_letter_reason: str | None = None
    """Why the last message was parked."""
