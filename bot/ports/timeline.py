"""Everything that is known of a record's chats, those of before too (spec L1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.chat_sync import ChatActivity
from bot.domain.values import ChatKind, Connection, ObjectId, RecordRef


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
    activity: ChatActivity | None
    """None where it was never synced."""
    stuck: str
    """Why the chat's rows cannot be brought up to date; empty where they can."""


class Timeline(Protocol):
    """Connections as history."""

    async def count(self, record: RecordRef, *, live: bool = False) -> int:
        """How many connections the record has and had; `live`: without those that it had."""
        ...

    async def of_record(
        self, record: RecordRef, *, begin: int, at_most: int, live: bool = False
    ) -> Sequence[TimelineEntry]:
        """Some of them, the newest first, without so many at the beginning."""
        ...
