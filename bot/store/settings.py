"""The settings of environments and record types, and their history."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace

from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.environment_settings import OrganizationSettings
from bot.domain.notifications.rules import Style
from bot.domain.record_actions import CardAction
from bot.domain.record_types import Disclosure, RecordType
from bot.domain.settings import EnvironmentSettings, SettingChange, SettingValue, WatchStart
from bot.domain.settings_history import SavedSettings
from bot.domain.values import EnvironmentId
from bot.store import upsert
from bot.store.codecs import RECORD_TYPE, SAVED_SETTINGS
from bot.store.tables import environment as environments
from bot.store.tables import from_microseconds, microseconds, setting_change
from bot.store.tables import record_type as record_types


class StoredSettings:
    """The stored settings of an environment and their history."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self.saved = False
        """True if this transaction saved settings."""

    async def get_for_update(self, environment: EnvironmentId) -> EnvironmentSettings:
        """Return the environment's settings, and lock them until the end of the transaction."""
        return await read_settings(self._connection, environment, for_update=True)

    async def save(self, settings: EnvironmentSettings, saved: SavedSettings) -> None:
        """Store the settings and the history entry, and notify caches after the commit."""
        values = {**asdict(settings.organization), "version": saved.version}
        named = update(environments).where(environments.c.id == saved.environment)
        await self._connection.execute(named.values(**values, sync_changed_at=settings.sync_changed_at))
        for table in dict.fromkeys(change.table for change in saved.changes if change.table is not None):
            await self._put(saved.environment, settings.record_types[table])
        changes = [asdict(change) for change in saved.changes]
        row = {field.name: getattr(saved, field.name) for field in fields(SavedSettings)}
        await self._connection.execute(insert(setting_change).values({**row, "changes": changes}))
        self.saved = True

    async def save_watches(self, environment: EnvironmentId, watches: Mapping[str, Mapping[str, WatchStart]]) -> None:
        """Store when the columns of these tables began to be watched."""
        for table, starts in watches.items():
            mine = (record_types.c.environment == environment) & (record_types.c.table == table)
            stored = {column: [start.number, microseconds(start.at)] for column, start in starts.items() if start.at}
            await self._connection.execute(update(record_types).where(mine).values(watches=stored or None))

    async def get(self, environment: EnvironmentId) -> EnvironmentSettings:
        """Return the environment's settings as stored, also if another process has just saved them."""
        return await read_settings(self._connection, environment)

    async def _put(self, environment: EnvironmentId, record_type: RecordType) -> None:
        values = asdict(record_type)
        values["notifications"] = {name: values.pop(name) for name in _NOTIFICATION_SETTINGS}
        statement = upsert.insert(self._connection, record_types).values(environment=environment, **values)
        keys = [record_types.c.environment, record_types.c.table]
        await self._connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=values))

    async def history_since(self, environment: EnvironmentId, version: int) -> Sequence[SavedSettings]:
        """Return the history entries after this version, in order."""
        later = (setting_change.c.environment == environment) & (setting_change.c.version > version)
        rows = await self._connection.execute(select(setting_change).where(later).order_by(setting_change.c.version))
        return [_saved(row) for row in rows.mappings()]

    async def history_page(self, environment: EnvironmentId, *, offset: int, at_most: int) -> Sequence[SavedSettings]:
        """Return a page of the history entries, the newest first."""
        of_environment = select(setting_change).where(setting_change.c.environment == environment)
        newest_first = of_environment.order_by(setting_change.c.version.desc())
        rows = await self._connection.execute(newest_first.offset(offset).limit(at_most))
        return [_saved(row) for row in rows.mappings()]

    async def history_before(
        self, environment: EnvironmentId, version: int | None, *, at_most: int
    ) -> Sequence[SavedSettings]:
        """Return the history entries before this version, the newest first; None begins at the newest entry."""
        earlier = setting_change.c.environment == environment
        if version is not None:
            earlier &= setting_change.c.version < version
        newest_first = select(setting_change).where(earlier).order_by(setting_change.c.version.desc())
        rows = await self._connection.execute(newest_first.limit(at_most))
        return [_saved(row) for row in rows.mappings()]


async def read_settings(
    connection: AsyncConnection, environment: EnvironmentId, *, for_update: bool = False
) -> EnvironmentSettings:
    """Return the settings of a known environment. `hold` locks them until the end of the transaction."""
    asked = select(environments).where(environments.c.id == environment)
    row = (await connection.execute(asked.with_for_update() if for_update else asked)).mappings().one()
    found = await connection.execute(select(record_types).where(record_types.c.environment == environment))
    types = found.mappings().all()
    named = {field.name: row[field.name] for field in fields(OrganizationSettings)}
    return EnvironmentSettings(
        version=row["version"],
        organization=OrganizationSettings(**{**named, **_names(row)}),
        record_types={each["table"]: _record_type(each) for each in types},
        sync_changed_at=row["sync_changed_at"],
        watches={each["table"]: _watches(each["watches"]) for each in types if each["watches"]},
    )


def _names(row: RowMapping) -> dict[str, tuple[str, ...] | None]:
    """Return the settings that are stored as lists of names."""
    apps = row["pane_apps"]
    return {"allowed_roles": tuple(row["allowed_roles"]), "pane_apps": None if apps is None else tuple(apps)}


_NOTIFICATION_SETTINGS = (
    *("notify_style", "digest_at", "value_rule", "urgent_rule"),
    *("mention_new_owner", "mention_owner", "locked_rules"),
)
"""Settings of a record type that share a column."""


def _record_type(row: RowMapping) -> RecordType:
    return RECORD_TYPE.decode({**row, **(row["notifications"] or {})})


def _saved(row: RowMapping) -> SavedSettings:
    saved = SAVED_SETTINGS.decode(row)
    return replace(saved, changes=tuple(map(_typed, saved.changes)))


def _typed(change: SettingChange) -> SettingChange:
    """Return the change with enum values, which JSON stores as text."""
    return replace(change, was=_value(change.setting, change.was), now=_value(change.setting, change.now))


def _value(setting: str, stored: SettingValue) -> SettingValue:
    if setting == "card_acts" and isinstance(stored, tuple):
        return tuple(CardAction(act) for act in stored)
    if setting == "notify_style" and isinstance(stored, str):
        return Style(stored)
    return Disclosure(stored) if setting == "disclosure" and isinstance(stored, str) else stored


def _watches(stored: Mapping[str, Sequence[int]]) -> Mapping[str, WatchStart]:
    return {name: WatchStart(number=number, at=from_microseconds(at)) for name, (number, at) in stored.items()}
