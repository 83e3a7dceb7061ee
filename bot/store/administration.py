"""What administrators set, kept in the store and held in memory."""

from collections.abc import Mapping
from dataclasses import asdict, fields

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.record_types import RecordType, standard_record_types
from bot.domain.values import EnvironmentId
from bot.store.engine import Engines
from bot.store.tables import environment, record_type
from bot.store.upsert import insert


class SqlAdministration:
    """See `bot.ports.Administration`; `start` comes first."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines
        self._chats_on: Mapping[EnvironmentId, bool] = {}
        self._record_types: Mapping[EnvironmentId, Mapping[str, RecordType]] = {}

    async def start(self, environments: Mapping[EnvironmentId, bool]) -> None:
        """Gives each environment that is new its defaults, chats turned on or off as said, and reads all settings."""
        async with self._engines.writing.begin() as connection:
            for name, chats_on in environments.items():
                await _add_defaults(connection, name, chats_on=chats_on)
            rows = await connection.execute(select(environment).where(environment.c.id.in_(environments)))
            self._chats_on = {EnvironmentId(row.id): row.chats_on for row in rows}
            types = (await connection.execute(select(record_type))).mappings().all()
        self._record_types = {
            name: {row["table"]: _record_type(row) for row in types if row["environment"] == name}
            for name in environments
        }

    async def chats_on(self, environment: EnvironmentId) -> bool:
        """Whether chats are turned on."""
        return self._chats_on[environment]

    async def record_types(self, environment: EnvironmentId) -> Mapping[str, RecordType]:
        """The environment's record types by table, the disabled ones too."""
        return self._record_types[environment]


async def _add_defaults(connection: AsyncConnection, name: EnvironmentId, *, chats_on: bool) -> None:
    added = await connection.execute(
        insert(connection, environment).values(id=name, chats_on=chats_on).on_conflict_do_nothing()
    )
    if added.rowcount > 0:
        rows = [{"environment": name, **asdict(each)} for each in standard_record_types()]
        await connection.execute(insert(connection, record_type), rows)


def _record_type(row: RowMapping) -> RecordType:
    named = {field.name: row[field.name] for field in fields(RecordType)}
    return RecordType(**{**named, "key_fields": tuple(row["key_fields"])})
