"""The stored state of synchronized chats."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.chat_sync import SyncedRow
from bot.domain.values import Chat, ChatId, Connection, ObjectId


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncedConnection:
    """A connection that the record's timeline shows."""

    connection: Connection
    ended_at: datetime | None
    ended_by_name: str
    synced: SyncedRow


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncedChat:
    """A chat and its stored state."""

    chat: Chat
    topic: str | None
    topic_reported_at: datetime | None
    """The time of the last topic notification from Teams."""
    checked_at: datetime | None
    """When topic and members were last fetched; None if the earlier result must not be compared with a new one."""
    last_writer_id: ObjectId | None
    last_written_at: datetime | None
    connections: Sequence[SyncedConnection]
    """Active connections, and ended ones whose rows are not completed, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedChat:
    """The topic and members of a chat, fetched from Teams."""

    topic: str | None
    accounts: Mapping[str, ObjectId | None]
    """Entra object ids by account id, without apps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicChange:
    """A new topic of a chat, or its removal."""

    chat_id: ChatId
    topic: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LastWrite:
    """A message that a person posted, edited, or deleted."""

    chat_id: ChatId
    writer: ObjectId | None
    """The Entra object id, or None for people without one."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A period in which sync was off in an environment."""

    start: datetime
    end: datetime
    active_since: datetime | None
    """The oldest last activity of chats that were not idle at the beginning; None for no limit."""
