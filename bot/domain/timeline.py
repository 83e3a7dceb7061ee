"""Entries of a record's chat history."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.chat_sync import SyncedRow
from bot.domain.values import ChatKind, Connection, ObjectId


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """A connection of the record, and what is known of its chat."""

    connection: Connection
    kind: ChatKind
    team_id: str | None
    """The team of a channel, where it is known."""
    topic: str | None
    last_writer_id: ObjectId | None
    last_written_at: datetime | None
    ended_at: datetime | None
    """None where it goes on."""
    ended_by_name: str
    synced: SyncedRow | None
    """None where it was never synced."""
    failure: str
    """Why the chat's rows cannot be brought up to date; empty where they can."""
