"""Entries of the audit log."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.values import ChatId, ObjectId, RecordRef


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """An action of a person on a connection or chat."""

    at: datetime
    act: str
    person_id: ObjectId | None
    person_name: str
    chat_id: ChatId
    record: RecordRef | None
    """None for actions on a chat only."""
    details: Mapping[str, str] = field(default_factory=dict)
