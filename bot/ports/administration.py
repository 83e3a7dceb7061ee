"""What administrators set, and who did what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.domain.record_types import RecordType
from bot.domain.settings import EnvironmentSettings, SettingChange
from bot.domain.values import ChatId, EnvironmentId, ObjectId, RecordRef


class Administration(Protocol):
    """What administrators set, from memory: asking costs nothing, but for the first time after something was saved."""

    async def chats_on(self, environment: EnvironmentId) -> bool:
        """Whether chats are turned on (spec S1)."""
        ...

    async def record_types(self, environment: EnvironmentId) -> Mapping[str, RecordType]:
        """The environment's record types by table, the disabled ones too."""
        ...

    async def settings(self, environment: EnvironmentId) -> EnvironmentSettings:
        """All that is set for the environment; everything is off in one that is not configured."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSettings:
    """Who saved which changes, when and where."""

    environment: EnvironmentId
    version: int
    """The version that the settings then had."""
    at: datetime
    person_id: ObjectId
    person_name: str
    chat_id: ChatId
    changes: tuple[SettingChange, ...]


class KeptSettings(Protocol):
    """The settings as they are kept."""

    async def of(self, environment: EnvironmentId) -> EnvironmentSettings:
        """What holds; nobody else saves until the end of the transaction."""
        ...

    async def put(self, settings: EnvironmentSettings, saved: SavedSettings) -> None:
        """Keeps the settings, and who changed what; whoever holds settings in memory is told."""
        ...

    async def since(self, environment: EnvironmentId, version: int) -> Sequence[SavedSettings]:
        """What was saved after this version, in order."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Who did what to which connection or chat, and when."""

    at: datetime
    act: str
    person_id: ObjectId | None
    person_name: str
    chat_id: ChatId
    record: RecordRef | None
    """None where it is about the chat alone."""
    details: Mapping[str, str] = field(default_factory=dict)


class Audit(Protocol):
    """What people did."""

    async def add(self, entry: AuditEntry) -> None: ...
