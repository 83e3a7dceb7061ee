"""Entries of who did what to which connection."""

from datetime import datetime

from bot.domain.audit import AuditEntry
from bot.domain.values import Connection, ObjectId


def audit_entry(act: str, connection: Connection, *, at: datetime, by: ObjectId | None, by_name: str) -> AuditEntry:
    """The entry; `by` None: Dataverse told of it, with no more than a name."""
    return AuditEntry(
        at=at, act=act, person_id=by, person_name=by_name, chat_id=connection.chat_id, record=connection.record
    )
