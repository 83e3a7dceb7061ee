"""Rows of what administrators set, and of who set it."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.environment_settings import OrganizationSettings
from bot.domain.record_actions import CardAction
from bot.domain.record_types import Disclosure, RecordType
from bot.domain.settings import EnvironmentSettings, SettingChange, SettingValue
from bot.domain.settings_history import SavedSettings
from bot.domain.values import ChatId, EnvironmentId, ObjectId
from bot.store import upsert
from bot.store.tables import environment as environments
from bot.store.tables import record_type as record_types
from bot.store.tables import setting_change


class StoredSettings:
    """The stored settings of an environment and their history."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self.saved = False
        """Whether something was saved in this transaction."""

    async def get_for_update(self, environment: EnvironmentId) -> EnvironmentSettings:
        """What holds; nobody else saves until the end of the transaction."""
        return await read_settings(self._connection, environment, for_update=True)

    async def save(self, settings: EnvironmentSettings, saved: SavedSettings) -> None:
        """Keeps the settings, and who changed what."""
        values = {**asdict(settings.organization), "version": saved.version}
        named = update(environments).where(environments.c.id == saved.environment)
        await self._connection.execute(named.values(**values, sync_changed_at=settings.sync_changed_at))
        for table in dict.fromkeys(change.table for change in saved.changes if change.table is not None):
            await self._put(saved.environment, settings.record_types[table])
        changes = [asdict(change) for change in saved.changes]
        row = {field.name: getattr(saved, field.name) for field in fields(SavedSettings)}
        await self._connection.execute(insert(setting_change).values({**row, "changes": changes}))
        self.saved = True

    async def _put(self, environment: EnvironmentId, record_type: RecordType) -> None:
        values = asdict(record_type)
        statement = upsert.insert(self._connection, record_types).values(environment=environment, **values)
        keys = [record_types.c.environment, record_types.c.table]
        await self._connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=values))

    async def history_since(self, environment: EnvironmentId, version: int) -> Sequence[SavedSettings]:
        """What was saved after this version, in order."""
        later = (setting_change.c.environment == environment) & (setting_change.c.version > version)
        rows = await self._connection.execute(select(setting_change).where(later).order_by(setting_change.c.version))
        return [_saved(row) for row in rows.mappings()]


async def read_settings(
    connection: AsyncConnection, environment: EnvironmentId, *, for_update: bool = False
) -> EnvironmentSettings:
    """All that is set for an environment that is known. `hold`: nobody else saves until the end."""
    asked = select(environments).where(environments.c.id == environment)
    row = (await connection.execute(asked.with_for_update() if for_update else asked)).mappings().one()
    types = await connection.execute(select(record_types).where(record_types.c.environment == environment))
    named = {field.name: row[field.name] for field in fields(OrganizationSettings)}
    return EnvironmentSettings(
        version=row["version"],
        organization=OrganizationSettings(**{**named, "allowed_roles": tuple(row["allowed_roles"])}),
        record_types={each["table"]: _record_type(each) for each in types.mappings()},
        sync_changed_at=row["sync_changed_at"],
    )


def _record_type(row: RowMapping) -> RecordType:
    named = {field.name: row[field.name] for field in fields(RecordType)}
    found = {
        "key_fields": tuple(row["key_fields"]),
        "disclosure": Disclosure(row["disclosure"]),
        "card_acts": tuple(CardAction(act) for act in row["card_acts"]),
        "change_fields": tuple(row["change_fields"]),
    }
    return RecordType(**{**named, **found})


def _saved(row: RowMapping) -> SavedSettings:
    return SavedSettings(
        environment=EnvironmentId(row["environment"]),
        version=row["version"],
        at=row["at"],
        person_id=ObjectId(row["person_id"]),
        person_name=row["person_name"],
        chat_id=ChatId(row["chat_id"]),
        changes=tuple(_change(each) for each in row["changes"]),
    )


def _change(kept: dict[str, Any]) -> SettingChange:
    was, now = (_value(kept["setting"], kept[name]) for name in ("was", "now"))
    return SettingChange(table=kept["table"], setting=kept["setting"], was=was, now=now)


def _value(setting: str, kept: Any) -> SettingValue:
    if isinstance(kept, list):
        return tuple(CardAction(act) for act in kept) if setting == "card_acts" else tuple(kept)
    value: SettingValue = Disclosure(kept) if setting == "disclosure" else kept
    return value
