"""Unique values in the sandbox, and their readers according to Dataverse."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.dataverse.schema.catalog import BUSINESS_TABLES
from bot.sandbox.dataverse.schema.model import Kind, Table
from tests.steps.records import create
from tests.wire.people import EVERYBODY, PATTI, Somebody
from tests.wire.world import API, World

ANNOTATED = {"Prefer": 'odata.include-annotations="*"'}
ROWS_OF_A_TABLE = 2


@dataclass
class Secrets:
    """Each secret with its column. Amounts are shown in two formats."""

    rows: list[tuple[Table, str]] = field(default_factory=list)
    columns: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Row and column by secret."""
    views: dict[str, list[str]] = field(default_factory=dict)
    """The IDs of each table's views."""
    readable: dict[Somebody, frozenset[str]] = field(default_factory=dict)
    """The secrets that each person can read."""

    def told(self, text: str) -> frozenset[str]:
        """Return the secrets in the text."""
        return frozenset(secret for secret in self.columns if secret in text)

    def of(self, row: str, *names: str) -> frozenset[str]:
        """Return the secrets of some columns of a row."""
        return frozenset(secret for secret, where in self.columns.items() if where in {(row, name) for name in names})

    async def anywhere(self, world: World, person: Somebody) -> frozenset[str]:
        """Return what the person can read in any row, including names of rows that are hidden from the person."""
        headers = {"CallerObjectId": person.object_id, **ANNOTATED}
        told: frozenset[str] = frozenset()
        for table in BUSINESS_TABLES:
            async with world.session.get(f"{world.sandbox}{API}/{table.set_name}", headers=headers) as answer:
                told |= self.told(await answer.text())
        return told

    @property
    def secured(self) -> frozenset[str]:
        """Return the secrets of secured columns."""
        names = {column.name for table in BUSINESS_TABLES for column in table.columns.values() if column.secured}
        return frozenset(secret for secret, (_, name) in self.columns.items() if name in names)


async def write_secrets(world: World) -> Secrets:
    """Write secrets into every text and secured amount of two rows of each table: Patti can read one of the rows."""
    secrets = Secrets()
    for table in BUSINESS_TABLES:
        seen, all_rows = await _ids(world, table, PATTI), await _ids(world, table, None)
        hidden = [each for each in all_rows if each not in seen]
        for row in [*[each for each in all_rows if each in seen][:1], *hidden[:1]] or all_rows[:ROWS_OF_A_TABLE]:
            secrets.rows.append((table, row))
            await _mark(world, secrets, table, row)
        secrets.views[table.name] = [*await _views(world, table), await _own_view(world, table)]
    for person in EVERYBODY:
        secrets.readable[person] = await _readable(world, secrets, person)
    return secrets


async def _ids(world: World, table: Table, person: Somebody | None) -> Sequence[str]:
    """Return the IDs of the rows that the person can read, or of all rows."""
    headers = {"CallerObjectId": person.object_id} if person else {}
    url = f"{world.sandbox}{API}/{table.set_name}?$select={table.primary_id}"
    async with world.session.get(url, headers=headers) as answer:
        return [each[table.primary_id] for each in (await answer.json()).get("value", ())]


async def _mark(world: World, secrets: Secrets, table: Table, row: str) -> None:
    for column in table.columns.values():
        number = len(secrets.columns)
        if not column.updatable or column.base_of:
            continue
        if column.kind in {Kind.STRING, Kind.MEMO} and (column.max_length or 0) >= len("Secret0000000"):
            await _set(world, secrets, (table, row, column.name), f"Secret{number:07}")
        elif column.kind is Kind.MONEY and column.secured:
            amount = 481_000_000 + number + 0.25
            if await _set(world, secrets, (table, row, column.name), amount):
                secrets.columns[f"{amount:,.2f}"] = (row, column.name)


async def _set(world: World, secrets: Secrets, where: tuple[Table, str, str], value: object) -> bool:
    table, row, name = where
    url = f"{world.sandbox}{API}/{table.set_name}({row})"
    async with world.session.patch(url, json={name: value}) as answer:
        if answer.status == 204:
            secrets.columns[str(value)] = (row, name)
        return answer.status == 204


async def _views(world: World, table: Table) -> Sequence[str]:
    query = {"$select": "savedqueryid,querytype", "$filter": f"returnedtypecode eq '{table.name}'"}
    async with world.session.get(f"{world.sandbox}{API}/savedqueries", params=query) as answer:
        return [each["savedqueryid"] for each in (await answer.json())["value"]]


async def _own_view(world: World, table: Table) -> str:
    """Create a view of secured columns and long texts; return its ID."""
    secured = [column.name for column in table.columns.values() if column.secured]
    texts = [each.name for each in table.columns.values() if each.kind is Kind.MEMO and each.readable]
    cells = "".join(f"<cell name='{name}' width='150'/>" for name in [*secured, *texts, table.primary_name][:5])
    view = {
        "name": f"Secrets of {table.label}",
        "returnedtypecode": table.name,
        "querytype": 0,
        "layoutxml": f"<grid name='resultset'><row name='result' id='{table.primary_id}'>{cells}</row></grid>",
        "fetchxml": f"<fetch><entity name='{table.name}'/></fetch>",
    }
    return await create(world, "savedqueries", view)


async def _readable(world: World, secrets: Secrets, person: Somebody) -> frozenset[str]:
    """Return the secrets in all answers of Dataverse to the person."""

    async def read(table: Table, row: str) -> str:
        url = f"{world.sandbox}{API}/{table.set_name}({row})"
        headers = {"CallerObjectId": person.object_id, **ANNOTATED}
        async with world.session.get(url, headers=headers) as answer:
            return await answer.text() if answer.status == 200 else ""

    found = await asyncio.gather(*(read(*each) for each in secrets.rows))
    return secrets.told("".join(found))


def visible_text(answer: Mapping[str, Any]) -> str:
    """Return everything in an answer, as its reader can see it."""
    return json.dumps(answer, ensure_ascii=False)
