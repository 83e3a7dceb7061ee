"""A cache of table definitions, shared by all callers."""

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from bot.clock import Clock
from bot.dataverse.client import NAME, DataverseClient
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
from bot.dataverse.user_formats import read_own_formats
from bot.domain.errors import NotFound
from bot.domain.tables import Table
from bot.domain.user_formats import UserFormats
from bot.runtime.ttl_cache import TtlCache

CHATS = "chat"
"""The table whose rows show chats on timelines ("Chat table reference")."""
DEFINITIONS_TTL = timedelta(minutes=10)
RECENT = timedelta(seconds=30)
"""Minimum time between two reads of a table because something in it seems to be missing."""
_MAX_TABLES = 1_000
"""Maximum number of tables in memory for each environment."""
_REGARDING = "regardingobjectid"
_LOGICAL_NAME = re.compile(r"[a-z_][a-z0-9_]{0,127}")
"""Logical names of tables ("Table definitions", Dataverse developer guide). Other text must not reach a path."""


class TableCache:
    """The tables of one environment."""

    def __init__(self, client: DataverseClient, clock: Clock) -> None:
        self._client = client
        self._tables: TtlCache[str, Table] = TtlCache(clock, max_size=_MAX_TABLES, ttl=DEFINITIONS_TTL, system=NAME)
        self._lookups: TtlCache[str, Sequence[Lookup]] = TtlCache(
            clock, max_size=_MAX_TABLES, ttl=DEFINITIONS_TTL, system=NAME
        )
        self._formats: TtlCache[str, UserFormats | None] = TtlCache(clock, max_size=1, ttl=DEFINITIONS_TTL, system=NAME)
        self._names_by_code: dict[int, str] = {}

    async def get(self, name: str) -> Table:
        """Return the table; raise `NotFound` for an unknown name."""
        return await self._tables.fetch(name, partial(self._read, name))

    async def reload(self, name: str) -> Table:
        """Return the table, at most 30 seconds old, because something did not match its definition."""
        return await self._tables.fetch(name, partial(self._read, name), max_age=RECENT)

    async def with_columns(self, name: str, columns: Iterable[str]) -> Table:
        """Return the table, read again if it lacks one of these columns, which an administrator may just have added."""
        table = await self.get(name)
        return table if all(column in table.columns for column in columns) else await self.reload(name)

    async def lookups(self, name: str) -> Sequence[Lookup]:
        """Return the lookups of the table."""
        return await self._lookups.fetch(name, partial(self._read_lookups, name))

    async def regarding_property(self, activity: str, table: str) -> str | None:
        """Return the property of an activity that points to a regarding row of this table; None if there is none."""
        try:
            lookups = await self.lookups(activity)
        except NotFound as error:
            require_no_such_table(error)
            return None  # the environment does not have this activity
        matches = (each.navigation for each in lookups if each.column == _REGARDING and each.table == table)
        return next(matches, None)

    async def get_by_code(self, code: int) -> Table:
        """Return the table with this object type code; raise `NotFound`."""
        if code not in self._names_by_code:
            query = {"$select": "LogicalName", "$filter": f"ObjectTypeCode eq {code}"}
            found = await self._client.rows("EntityDefinitions", query)
            if not found:
                raise NotFound("The table of this link does not exist.", "Copy the link again from Dynamics 365.")
            self._names_by_code[code] = str(found[0].get("LogicalName"))
        return await self.get(self._names_by_code[code])

    async def _read(self, name: str) -> Table:
        path = _definition(name)
        query = {"$select": TABLE_PROPERTIES, "$expand": f"Attributes($select={COLUMN_PROPERTIES})"}
        definition, updates, formats, *details = await asyncio.gather(
            self._client.get(path, query),
            self._sends_updates(name),
            self._formats.fetch("", partial(read_own_formats, self._client)),
            *(self._details(path, cast, query) for cast, query in CASTS.items()),
        )
        flat = [detail for each in details for detail in each]
        return parse_table(definition, flat, sends_updates=updates, formats=formats)

    async def _details(self, path: str, cast: str, query: str) -> Sequence[Mapping[str, Any]]:
        found = await self._client.get(f"{path}/Attributes/Microsoft.Dynamics.CRM.{cast}", query)
        details = found.get("value")
        return details if isinstance(details, list) else []

    async def _read_lookups(self, name: str) -> Sequence[Lookup]:
        path = f"{_definition(name)}/ManyToOneRelationships"
        return parse_lookups(await self._client.rows(path, {"$select": LOOKUP_PROPERTIES}))

    async def _sends_updates(self, name: str) -> bool:
        """Return whether the table has a message filter for `Update` ("Register a plug-in", eligible messages)."""
        table = f"primaryobjecttypecode eq {quote_literal(name)}"
        conditions = "iscustomprocessingstepallowed eq true and sdkmessageid/name eq 'Update'"
        query = {"$select": "sdkmessagefilterid", "$filter": f"{table} and {conditions}"}
        return bool(await self._client.rows("sdkmessagefilters", query))


def _definition(table: str) -> str:
    """Return the path of the table's definition; raise `NotFound` for a name that no table can have."""
    if not _LOGICAL_NAME.fullmatch(table):
        raise NotFound("This table does not exist in Dynamics 365.", "Choose another table.")
    return f"EntityDefinitions(LogicalName={quote_literal(table)})"
