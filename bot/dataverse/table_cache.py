"""Definitions of tables, read once for a while and shared by all who ask at the same time."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.dataverse.client import DataverseClient
from bot.dataverse.metadata import CASTS, COLUMN_PROPERTIES, TABLE_PROPERTIES, table_of
from bot.dataverse.protocol import literal
from bot.domain.errors import NotFound
from bot.domain.tables import Table
from bot.ports import Clock

LIFETIME = timedelta(minutes=10)


class TableCache:
    """One environment's tables."""

    def __init__(self, client: DataverseClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._tables: dict[str, tuple[Table, datetime]] = {}
        self._reading: dict[str, asyncio.Task[Table]] = {}
        self._names_by_code: dict[int, str] = {}

    async def get(self, name: str) -> Table:
        """The table; raises `NotFound` for an unknown name."""
        table, read_at = self._tables.get(name, (None, None))
        if table and read_at and self._clock.now() - read_at < LIFETIME:
            return table
        task = self._reading.get(name)
        if task is None:
            task = self._reading[name] = asyncio.create_task(self._read(name))
            task.add_done_callback(lambda _: self._reading.pop(name, None))
        # One who gives up waiting must not end the reading for the others.
        return await asyncio.shield(task)

    async def by_code(self, code: int) -> Table:
        """The table with this number; raises `NotFound`."""
        if code not in self._names_by_code:
            query = {"$select": "LogicalName", "$filter": f"ObjectTypeCode eq {code}"}
            found = await self._client.rows("EntityDefinitions", query)
            if not found:
                raise NotFound("This link is of a table that is not there.", "Copy the link again from Dynamics 365.")
            self._names_by_code[code] = str(found[0].get("LogicalName"))
        return await self.get(self._names_by_code[code])

    async def _read(self, name: str) -> Table:
        path = f"EntityDefinitions(LogicalName={literal(name)})"
        query = {"$select": TABLE_PROPERTIES, "$expand": f"Attributes($select={COLUMN_PROPERTIES})"}
        definition, updates, *details = await asyncio.gather(
            self._client.get(path, query),
            self._sends_updates(name),
            *(self._details(path, cast, asked) for cast, asked in CASTS.items()),
        )
        flat = [detail for each in details for detail in each]
        table = table_of(definition, flat, sends_updates=updates)
        self._tables[name] = (table, self._clock.now())
        return table

    async def _details(self, path: str, cast: str, asked: str) -> Sequence[Mapping[str, Any]]:
        found = await self._client.get(f"{path}/Attributes/Microsoft.Dynamics.CRM.{cast}", asked)
        details = found.get("value")
        return details if isinstance(details, list) else []

    async def _sends_updates(self, name: str) -> bool:
        """Whether the table has the message filter `Update` ("Register a plug-in", eligible messages)."""
        table = f"primaryobjecttypecode eq {literal(name)}"
        conditions = "iscustomprocessingstepallowed eq true and sdkmessageid/name eq 'Update'"
        query = {"$select": "sdkmessagefilterid", "$filter": f"{table} and {conditions}"}
        return bool(await self._client.rows("sdkmessagefilters", query))
