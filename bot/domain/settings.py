"""The settings of an environment as one value, and the changes between two such values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from bot.domain.environment_settings import OrganizationSettings
from bot.domain.record_types import RecordType, disabled_record_type

SettingValue = bool | int | str | tuple[str, ...] | None

ORGANIZATION_SETTINGS = (
    *("chats_on", "allowed_roles", "sync_on", "sync_idle_days", "mirror_chats"),
    *("other_chats", "pane_apps"),
)
"""Settings of an environment, in display order."""

SYNC_SETTINGS = frozenset({"chats_on", "sync_on", "sync_idle_days", "mirror_chats"})
"""Settings that control whether and how timelines show chats."""

RECORD_TYPE_SETTINGS = tuple(field.name for field in fields(RecordType) if field.name != "table")
"""Settings of a record type, in display order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchStart:
    """The last time that a column began to be watched. See `bot.domain.watching`."""

    number: int
    """Number of the watch: the version of the settings that turned it on."""
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentSettings:
    """All settings of an environment."""

    version: int
    """Number of times that settings were saved."""
    organization: OrganizationSettings
    record_types: Mapping[str, RecordType]
    """Record types by table, including disabled ones."""
    sync_changed_at: datetime | None = None
    """Time at which sync was last turned on or off; None if it never was."""
    watches: Mapping[str, Mapping[str, WatchStart]] = field(default_factory=dict)
    """Starts of watched columns by table and column. Columns that were never turned on again are left out."""

    def record_type(self, table: str) -> RecordType:
        """Return the settings of the table, with defaults if it was never added."""
        return self.record_types.get(table) or disabled_record_type(table)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingChange:
    """One changed setting. `table` is None for a setting of the whole environment."""

    table: str | None
    setting: str
    was: SettingValue
    now: SettingValue


def diff_settings(before: EnvironmentSettings, after: EnvironmentSettings) -> tuple[SettingChange, ...]:
    """Return the changes between two values: first those of the whole environment, then table by table."""
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
    """Return the settings with these changes. The version stays the same."""
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
    """Return the settings before these changes, which are listed in the order in which they were made."""
    back = [replace(change, was=change.now, now=change.was) for change in reversed(made)]
    return apply_changes(settings, back)


def with_record_type(settings: EnvironmentSettings, record_type: RecordType) -> EnvironmentSettings:
    """Return the settings with this record type in place of the table's current one."""
    return replace(settings, record_types={**settings.record_types, record_type.table: record_type})
