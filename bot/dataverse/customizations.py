"""What there is to choose from when the product is set up: tables, views and security roles."""

from collections.abc import Mapping, Sequence

from bot.clock import Clock
from bot.dataverse.client import DataverseClient
from bot.dataverse.metadata import CHOICE_PROPERTIES, table_names
from bot.dataverse.table_cache import CHATS, TableCache
from bot.dataverse.ttl_cache import TtlCache
from bot.dataverse.views import system_views
from bot.domain.tables import Table, TableName, View
from bot.domain.values import EnvironmentId

_ROLES_AT_MOST = 5000


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
        # Dataverse does not search definitions by their labels, so all of them are read, and once for a while.
        self._names = TtlCache(self._read_names, clock)

    async def table(self, environment: EnvironmentId, name: str) -> Table:
        """The table and its columns as they are now, or were half a minute ago."""
        return await self._tables[environment].reload(name)

    async def tables(self, environment: EnvironmentId) -> Sequence[TableName]:
        """The tables whose records people can open, by their labels."""
        return await self._names.get(environment)

    async def views(self, environment: EnvironmentId, table: str) -> Sequence[View]:
        """The table's system views that are lists of records."""
        return await system_views(self._clients[environment], self._tables[environment], table)

    async def has_timeline(self, environment: EnvironmentId, table: str) -> bool:
        """Whether chats can be shown on the timeline of the table's rows."""
        return await self._tables[environment].regarding_property(CHATS, table) is not None

    async def role_names(self, environment: EnvironmentId) -> Sequence[str]:
        """The names of the security roles: one name stands for its copies in all business units."""
        query = {"$select": "name", "$orderby": "name"}
        rows = await self._clients[environment].all_rows("roles", query, at_most=_ROLES_AT_MOST)
        return list(dict.fromkeys(str(row["name"]) for row in rows if row.get("name")))

    async def _read_names(self, environment: str) -> Sequence[TableName]:
        query = {"$select": CHOICE_PROPERTIES, "$filter": "IsIntersect eq false and IsPrivate eq false"}
        return table_names(await self._clients[EnvironmentId(environment)].rows("EntityDefinitions", query))
