"""Entries of a record's chat history (spec L1)."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.chat_sync import SyncedRow
from bot.domain.values import ChatKind, Connection, ObjectId


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """A connection of the record and the state of its chat."""

    connection: Connection
    kind: ChatKind
    team_id: str | None
    """The team of a channel, if known."""
    topic: str | None
    bot_present: bool
    """False if the bot was removed from the chat."""
    last_writer_id: ObjectId | None
    last_written_at: datetime | None
    ended_at: datetime | None
    """None for an active connection."""
    ended_by_name: str
    synced: SyncedRow | None
    """None if the connection was never synchronized."""
    failure: str
    """The error of the chat's repeated sync failures, or an empty text."""
