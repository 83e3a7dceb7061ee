"""Entries of the audit log."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from bot.domain.values import ChatId, Connection, EnvironmentId, ObjectId, RecordRef


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """An action of a person on a connection, a chat, or the settings of an environment."""

    at: datetime
    act: str
    person_id: ObjectId | None
    person_name: str
    chat_id: ChatId
    """The affected chat, or the chat in which the person acted; empty for actions of operators in the terminal."""
    record: RecordRef | None = None
    """None for actions on a chat or on an environment."""
    environment: EnvironmentId | None = None
    """The environment of an action without a record."""
    details: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def for_connection(
        cls, act: str, connection: Connection, *, at: datetime, by: ObjectId | None, by_name: str
    ) -> Self:
        """Return the entry of an action on a connection. `by` is None if Dataverse reported only a name."""
        return cls(
            at=at, act=act, person_id=by, person_name=by_name, chat_id=connection.chat_id, record=connection.record
        )
