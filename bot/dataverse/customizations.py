"""Choices for the settings: tables, views, and security roles."""

from collections.abc import Mapping, Sequence
from functools import partial

from bot.clock import Clock
from bot.dataverse.client import NAME, DataverseClient
from bot.dataverse.metadata import CHOICE_PROPERTIES, table_names
from bot.dataverse.table_cache import CHATS, DEFINITIONS_TTL, TableCache
from bot.dataverse.views import system_views
from bot.domain.model_apps import ModelApp
from bot.domain.tables import Table, TableName, View
from bot.domain.values import EnvironmentId
from bot.runtime.ttl_cache import TtlCache

_ROLES_AT_MOST = 5000
_APPS_AT_MOST = 1000


class DataverseDefinitions:
    """See `bot.ports.dataverse.Definitions`."""

    def __init__(
        self,
        clients: Mapping[EnvironmentId, DataverseClient],
        tables: Mapping[EnvironmentId, TableCache],
        clock: Clock,
    ) -> None:
        self._clients = clients
        self._tables = tables
        # Dataverse cannot search definitions by label, so all of them are read and cached.
        self._names: TtlCache[EnvironmentId, Sequence[TableName]] = TtlCache(
            clock, max_size=len(clients), ttl=DEFINITIONS_TTL, system=NAME
        )

    async def table(self, environment: EnvironmentId, name: str) -> Table:
        """Return the table and its columns, at most 30 seconds old."""
        return await self._tables[environment].reload(name)

    async def tables(self, environment: EnvironmentId) -> Sequence[TableName]:
        """Return the tables whose records users can open, by label."""
        return await self._names.fetch(environment, partial(self._read_names, environment))

    async def views(self, environment: EnvironmentId, table: str) -> Sequence[View]:
        """Return the table's system views that list records."""
        return await system_views(self._clients[environment], self._tables[environment], table)

    async def has_timeline(self, environment: EnvironmentId, table: str) -> bool:
        """Return whether timelines of the table's rows can show chats."""
        return await self._tables[environment].regarding_property(CHATS, table) is not None

    async def role_names(self, environment: EnvironmentId) -> Sequence[str]:
        """Return the names of the security roles; one name stands for its copies in all business units."""
        query = {"$select": "name", "$orderby": "name"}
        rows = await self._clients[environment].all_rows("roles", query, at_most=_ROLES_AT_MOST)
        return list(dict.fromkeys(str(row["name"]) for row in rows if row.get("name")))

    async def apps(self, environment: EnvironmentId) -> Sequence[ModelApp]:
        """Return the model-driven apps, by name."""
        query = {"$select": "name,uniquename", "$orderby": "name"}
        rows = await self._clients[environment].all_rows("appmodules", query, at_most=_APPS_AT_MOST)
        named = ((str(row.get("uniquename") or ""), str(row.get("name") or "")) for row in rows)
        return [ModelApp(unique_name=unique, name=name or unique) for unique, name in named if unique]

    async def _read_names(self, environment: EnvironmentId) -> Sequence[TableName]:
        query = {"$select": CHOICE_PROPERTIES, "$filter": "IsIntersect eq false and IsPrivate eq false"}
        return table_names(await self._clients[environment].rows("EntityDefinitions", query))
