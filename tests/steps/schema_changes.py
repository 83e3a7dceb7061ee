"""Compare the tables of two revisions, and make the tables of a later one."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import Inspector
from sqlalchemy.ext.asyncio import AsyncEngine

Tables = Mapping[str, Mapping[str, Any]]
"""Columns by name, and unique keys under the name `None`, by table."""

LATER_REVISION = "0999"
"""A later revision of the same series."""


def read_tables(connection: Connection) -> dict[str, dict[str, Any]]:
    """Return the tables of a database."""
    found = inspect(connection)
    return {name: _read_table(found, name) for name in found.get_table_names()}


def _read_table(found: Inspector, table: str) -> dict[str, Any]:
    indexes = {tuple(each["column_names"]) for each in found.get_indexes(table) if each["unique"]}
    keys = {tuple(each["column_names"]) for each in found.get_unique_constraints(table)}
    references = {tuple(each["constrained_columns"]) for each in found.get_foreign_keys(table)}
    primary = tuple(found.get_pk_constraint(table)["constrained_columns"])
    columns = {each["name"]: each for each in found.get_columns(table)}
    return {"columns": columns, "unique": indexes | keys, "references": references, "primary": primary}


def breaking_changes(before: Tables, after: Tables) -> list[str]:
    """Return what a process of the earlier revision could not work with."""
    gone = [f"table {name} is gone" for name in before.keys() - after.keys()]
    return gone + [each for name in before.keys() & after.keys() for each in _of_table(name, before, after)]


def _of_table(name: str, before: Tables, after: Tables) -> Sequence[str]:
    old, new = before[name], after[name]
    columns: Mapping[str, Any] = new["columns"]
    gone = [f"{name}.{each} is gone" for each in old["columns"].keys() - columns.keys()]
    added = [columns[each] for each in columns.keys() - old["columns"].keys()]
    required = [each["name"] for each in added if not each["nullable"] and each["default"] is None]
    kept = old["columns"].keys() & columns.keys()
    changed = [each for each in kept if _kind(old["columns"][each]) != _kind(columns[each])]
    rules = [each for each in ("unique", "references") if new[each] - old[each]]
    keyed = ["another primary key"] if new["primary"] != old["primary"] else []
    return [
        *gone,
        *(f"{name}.{each} is required" for each in required),
        *(f"{name}.{each} has another type" for each in changed),
        *(f"{name} has more rules: {each}" for each in (*rules, *keyed)),
    ]


def _kind(column: Mapping[str, Any]) -> tuple[str, bool]:
    return str(column["type"]), column["nullable"]


async def change_to_later_revision(engine: AsyncEngine) -> None:
    """Add to a database what later migrations of the series may add: columns to all tables, and a table."""
    async with engine.begin() as connection:
        for table in await connection.run_sync(read_tables):
            if table != "alembic_version":
                await connection.execute(text(f'ALTER TABLE "{table}" ADD COLUMN later_text VARCHAR'))
                await connection.execute(
                    text(f'ALTER TABLE "{table}" ADD COLUMN later_number INTEGER DEFAULT 7 NOT NULL')
                )
                await connection.execute(text(f'CREATE INDEX "ix_later_{table}" ON "{table}" (later_number)'))
        await connection.execute(text("CREATE TABLE later_table (id INTEGER PRIMARY KEY, word VARCHAR NOT NULL)"))
        await connection.execute(text("UPDATE alembic_version SET version_num = :later"), {"later": LATER_REVISION})
