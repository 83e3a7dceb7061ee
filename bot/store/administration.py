"""What administrators set, kept in the store and held in memory."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.environment_settings import OrganizationSettings
from bot.domain.record_types import RecordType, standard_record_types
from bot.domain.settings import EnvironmentSettings
from bot.domain.values import EnvironmentId
from bot.store.cancellation import cancel_safe
from bot.store.engine import Engines
from bot.store.errors import translate_errors
from bot.store.settings import read_settings
from bot.store.tables import environment, record_type
from bot.store.upsert import insert

_OFF = EnvironmentSettings(version=0, organization=OrganizationSettings(chats_on=False), record_types={})


class Administration:
    """The settings of all environments, cached in memory; call `initialize` first."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines
        self._held: dict[EnvironmentId, tuple[int, EnvironmentSettings]] = {}
        """Settings, and how often it had been said by then that some were saved."""
        self._saved = 0
        self._reading = asyncio.Lock()

    async def initialize(self, environments: Mapping[EnvironmentId, bool]) -> None:
        """Gives each environment that is new its defaults, its switches on or off as said, and reads all settings."""
        async with self._engines.writing.begin() as connection:
            for name, on in environments.items():
                await _add_defaults(connection, name, on=on)
            for name in environments:
                self._held[name] = self._saved, await read_settings(connection, name)

    def invalidate(self) -> None:
        """What is held in memory is read again before it is used: somebody has saved settings."""
        self._saved += 1

    async def settings(self, environment: EnvironmentId) -> EnvironmentSettings:
        """All that is set for the environment; raises `Unavailable` where it has to be read and cannot.

        Everything is off in one that is not configured: connections to it may be left.
        """
        if environment not in self._held:
            return _OFF
        as_of, held = self._held[environment]
        return held if as_of == self._saved else await self._reload(environment)

    async def chats_on(self, environment: EnvironmentId) -> bool:
        """Whether chats are turned on."""
        return (await self.settings(environment)).organization.chats_on

    async def record_types(self, environment: EnvironmentId) -> Mapping[str, RecordType]:
        """The environment's record types by table, the disabled ones too."""
        return (await self.settings(environment)).record_types

    async def _reload(self, environment: EnvironmentId) -> EnvironmentSettings:
        async with self._reading:
            as_of, held = self._held[environment]
            if as_of != self._saved:
                # Taken before reading: what is saved meanwhile has it read once more.
                as_of = self._saved
                with translate_errors():
                    async with cancel_safe(self._engines.reading) as connection:
                        held = await read_settings(connection, environment)
                self._held[environment] = as_of, held
            return held


async def _add_defaults(connection: AsyncConnection, name: EnvironmentId, *, on: bool) -> None:
    defaults = asdict(OrganizationSettings(chats_on=on, sync_on=on))
    statement = insert(connection, environment).values(id=name, version=0, **defaults)
    added = await connection.execute(statement.on_conflict_do_nothing())
    if added.rowcount > 0:
        rows = [{"environment": name, **asdict(each)} for each in standard_record_types()]
        await connection.execute(insert(connection, record_type), rows)
