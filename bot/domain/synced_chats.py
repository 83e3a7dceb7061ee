"""Synchronized chats as the store knows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.chat_sync import SyncedRow
from bot.domain.values import Chat, ChatId, Connection, ObjectId


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncedConnection:
    """A connection that is shown on its record's timeline."""

    connection: Connection
    ended_at: datetime | None
    ended_by_name: str
    synced: SyncedRow


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncedChat:
    """A chat and what is known of it."""

    chat: Chat
    topic: str | None
    topic_reported_at: datetime | None
    """When Teams told of the topic without being asked."""
    checked_at: datetime | None
    """When Teams was last asked for topic and members; None where what was so then is not to be compared with."""
    last_writer_id: ObjectId | None
    last_written_at: datetime | None
    connections: Sequence[SyncedConnection]
    """The live ones, and those that have ended and whose rows are not completed yet; oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedChat:
    """What Teams says of a chat."""

    topic: str | None
    accounts: Mapping[str, ObjectId | None]
    """The members' accounts, but for apps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicChange:
    """A chat has a new name, or none any more."""

    chat_id: ChatId
    topic: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LastWrite:
    """Somebody wrote into a chat, changed what they had written, or deleted it."""

    chat_id: ChatId
    writer: ObjectId | None
    """None for those who are nobody in Entra ID."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """The time for which sync was off in an environment."""

    start: datetime
    end: datetime
    active_since: datetime | None
    """Since when something had happened in chats that were not idle when it began; None: no limit."""
