"""The settings of all environments, stored in the database and cached in memory."""

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
    """The settings of all environments. Reads are free except the first one after a save. Call `initialize` first."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines
        self._held: dict[EnvironmentId, tuple[int, EnvironmentSettings]] = {}
        """Settings by environment, each with the value of `_saved` before they were read."""
        self._saved = 0
        self._reading = asyncio.Lock()

    async def initialize(self, environments: Mapping[EnvironmentId, bool]) -> None:
        """Store default settings for new environments, with their switches as given, and read all settings."""
        async with self._engines.writing.begin() as connection:
            for name, on in environments.items():
                await add_defaults(connection, name, on=on)
            for name in environments:
                self._held[name] = self._saved, await read_settings(connection, name)

    def invalidate(self) -> None:
        """Invalidate the cache after a save, possibly by another process."""
        self._saved += 1

    async def settings(self, environment: EnvironmentId) -> EnvironmentSettings:
        """Return all settings of the environment.

        Raises `Unavailable` if they must be read and the database does not respond. An environment that is not
        configured has everything off: connections to it may remain in the store.
        """
        if environment not in self._held:
            return _OFF
        as_of, held = self._held[environment]
        return held if as_of == self._saved else await self._reload(environment)

    async def chats_on(self, environment: EnvironmentId) -> bool:
        """Return whether chats are turned on (spec S1)."""
        return (await self.settings(environment)).organization.chats_on

    async def record_types(self, environment: EnvironmentId) -> Mapping[str, RecordType]:
        """Return the environment's record types by table, including disabled ones."""
        return (await self.settings(environment)).record_types

    async def _reload(self, environment: EnvironmentId) -> EnvironmentSettings:
        async with self._reading:
            as_of, held = self._held[environment]
            if as_of != self._saved:
                # Remember the count from before the read: a save during the read invalidates the result.
                as_of = self._saved
                with translate_errors():
                    async with cancel_safe(self._engines.reading) as connection:
                        held = await read_settings(connection, environment)
                self._held[environment] = as_of, held
            return held


async def add_defaults(connection: AsyncConnection, name: EnvironmentId, *, on: bool) -> None:
    """Store the default settings of the environment, with chats and sync on or off, unless it has settings."""
    defaults = asdict(OrganizationSettings(chats_on=on, sync_on=on))
    statement = insert(connection, environment).values(id=name, version=0, **defaults)
    added = await connection.execute(statement.on_conflict_do_nothing())
    if added.rowcount > 0:
        rows = [{"environment": name, **asdict(each)} for each in standard_record_types()]
        await connection.execute(insert(connection, record_type), rows)
