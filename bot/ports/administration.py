"""What administrators set, and who did what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.domain.record_types import RecordType
from bot.domain.values import ChatId, EnvironmentId, ObjectId, RecordRef


class Administration(Protocol):
    """What administrators set, from memory: asking costs nothing."""

    async def chats_on(self, environment: EnvironmentId) -> bool:
        """Whether chats are turned on (spec S1)."""
        ...

    async def record_types(self, environment: EnvironmentId) -> Mapping[str, RecordType]:
        """The environment's record types by table, the disabled ones too."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Who did what to which connection, and when."""

    at: datetime
    act: str
    person_id: ObjectId | None
    person_name: str
    chat_id: ChatId
    record: RecordRef
    details: Mapping[str, str] = field(default_factory=dict)


class Audit(Protocol):
    """What people did."""

    async def add(self, entry: AuditEntry) -> None: ...
