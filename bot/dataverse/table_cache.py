"""Definitions of tables, read once for a while and shared by all who ask at the same time."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.clock import Clock
from bot.dataverse.client import DataverseClient
from bot.dataverse.metadata import (
    CASTS,
    COLUMN_PROPERTIES,
    LOOKUP_PROPERTIES,
    TABLE_PROPERTIES,
    Lookup,
    parse_lookups,
    parse_table,
)
from bot.dataverse.protocol import quote_literal, require_no_such_table
from bot.dataverse.ttl_cache import RECENT, TtlCache
from bot.domain.errors import NotFound
from bot.domain.tables import Table

CHATS = "chat"
"""The table whose rows show chats on timelines ("Chat table reference")."""
_REGARDING = "regardingobjectid"


class TableCache:
    """One environment's tables."""

    def __init__(self, client: DataverseClient, clock: Clock) -> None:
        self._client = client
        self._tables = TtlCache(self._read, clock)
        self._lookups = TtlCache(self._read_lookups, clock)
        self._names_by_code: dict[int, str] = {}

    async def get(self, name: str) -> Table:
        """The table; raises `NotFound` for an unknown name."""
        return await self._tables.get(name)

    async def reload(self, name: str) -> Table:
        """The table, read again unless that was only just done: something in it did not fit."""
        return await self._tables.get(name, not_older_than=RECENT)

    async def with_columns(self, name: str, columns: Iterable[str]) -> Table:
        """The table, read again where it lacks one of these columns: an administrator may have added it just now."""
        table = await self.get(name)
        return table if all(column in table.columns for column in columns) else await self.reload(name)

    async def lookups(self, name: str) -> Sequence[Lookup]:
        """The ways from a row of the table to one other row."""
        return await self._lookups.get(name)

    async def regarding_property(self, activity: str, table: str) -> str | None:
        """By which property rows of an activity table are about rows of this one; None where they cannot be."""
        try:
            lookups = await self.lookups(activity)
        except NotFound as error:
            require_no_such_table(error)
            return None  # an environment without such activities
        ways = (each.navigation for each in lookups if each.column == _REGARDING and each.table == table)
        return next(ways, None)

    async def get_by_code(self, code: int) -> Table:
        """The table with this number; raises `NotFound`."""
        if code not in self._names_by_code:
            query = {"$select": "LogicalName", "$filter": f"ObjectTypeCode eq {code}"}
            found = await self._client.rows("EntityDefinitions", query)
            if not found:
                raise NotFound("This link is of a table that is not there.", "Copy the link again from Dynamics 365.")
            self._names_by_code[code] = str(found[0].get("LogicalName"))
        return await self.get(self._names_by_code[code])

    async def _read(self, name: str) -> Table:
        path = f"EntityDefinitions(LogicalName={quote_literal(name)})"
        query = {"$select": TABLE_PROPERTIES, "$expand": f"Attributes($select={COLUMN_PROPERTIES})"}
        definition, updates, *details = await asyncio.gather(
            self._client.get(path, query),
            self._sends_updates(name),
            *(self._details(path, cast, asked) for cast, asked in CASTS.items()),
        )
        flat = [detail for each in details for detail in each]
        return parse_table(definition, flat, sends_updates=updates)

    async def _details(self, path: str, cast: str, asked: str) -> Sequence[Mapping[str, Any]]:
        found = await self._client.get(f"{path}/Attributes/Microsoft.Dynamics.CRM.{cast}", asked)
        details = found.get("value")
        return details if isinstance(details, list) else []

    async def _read_lookups(self, name: str) -> Sequence[Lookup]:
        path = f"EntityDefinitions(LogicalName={quote_literal(name)})/ManyToOneRelationships"
        return parse_lookups(await self._client.rows(path, {"$select": LOOKUP_PROPERTIES}))

    async def _sends_updates(self, name: str) -> bool:
        """Whether the table has the message filter `Update` ("Register a plug-in", eligible messages)."""
        table = f"primaryobjecttypecode eq {quote_literal(name)}"
        conditions = "iscustomprocessingstepallowed eq true and sdkmessageid/name eq 'Update'"
        query = {"$select": "sdkmessagefilterid", "$filter": f"{table} and {conditions}"}
        return bool(await self._client.rows("sdkmessagefilters", query))
