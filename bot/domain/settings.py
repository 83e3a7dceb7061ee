"""All that is set for an environment as one value, and the changes that lead from one such value to another."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from bot.domain.environment_settings import OrganizationSettings
from bot.domain.record_types import RecordType, disabled_record_type

SettingValue = bool | int | str | tuple[str, ...] | None

ORGANIZATION_SETTINGS = ("chats_on", "allowed_roles", "sync_on", "sync_idle_days", "mirror_chats")
"""The settings of an environment, in the order in which they are shown."""

SYNC_SETTINGS = frozenset({"chats_on", "sync_on", "sync_idle_days", "mirror_chats"})
"""Those that say whether and how chats are shown on timelines."""

RECORD_TYPE_SETTINGS = tuple(field.name for field in fields(RecordType) if field.name != "table")
"""The settings of a record type, in the order in which they are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentSettings:
    """What holds in an environment."""

    version: int
    """Counts the times that something was saved."""
    organization: OrganizationSettings
    record_types: Mapping[str, RecordType]
    """By table, the disabled ones too."""
    sync_changed_at: datetime | None = None
    """When sync was last turned on or off; None where it never was."""

    def record_type(self, table: str) -> RecordType:
        """What holds for the table, also where nobody has added it."""
        return self.record_types.get(table) or disabled_record_type(table)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingChange:
    """One setting that is different; `table` is None for those of the whole environment."""

    table: str | None
    setting: str
    was: SettingValue
    now: SettingValue


def diff_settings(before: EnvironmentSettings, after: EnvironmentSettings) -> tuple[SettingChange, ...]:
    """What leads from one to the other: first what is set for the whole environment, then table by table."""
    found = list(_changes(None, ORGANIZATION_SETTINGS, before.organization, after.organization))
    for table in sorted({*before.record_types, *after.record_types}):
        found += _changes(table, RECORD_TYPE_SETTINGS, before.record_type(table), after.record_type(table))
    return tuple(found)


def _changes(table: str | None, settings: Sequence[str], before: object, after: object) -> Iterable[SettingChange]:
    for setting in settings:
        was, now = getattr(before, setting), getattr(after, setting)
        if was != now:
            yield SettingChange(table=table, setting=setting, was=was, now=now)


def apply_changes(settings: EnvironmentSettings, made: Iterable[SettingChange]) -> EnvironmentSettings:
    """The settings with these changes; their version stays as it is."""
    organisation: dict[str, Any] = {}
    types: dict[str, dict[str, Any]] = {}
    for change in made:
        values = organisation if change.table is None else types.setdefault(change.table, {})
        values[change.setting] = change.now
    changed = {table: replace(settings.record_type(table), **values) for table, values in types.items()}
    return replace(
        settings,
        organization=replace(settings.organization, **organisation),
        record_types={**settings.record_types, **changed},
    )


def revert_changes(settings: EnvironmentSettings, made: Sequence[SettingChange]) -> EnvironmentSettings:
    """The settings as they were before these changes, which were made in this order."""
    back = [replace(change, was=change.now, now=change.was) for change in reversed(made)]
    return apply_changes(settings, back)


def with_record_type(settings: EnvironmentSettings, record_type: RecordType) -> EnvironmentSettings:
    """The settings with this in place of what held for the table."""
    return replace(settings, record_types={**settings.record_types, record_type.table: record_type})
