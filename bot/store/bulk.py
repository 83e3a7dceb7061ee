"""Statements with thousands of rows or values.

Bulk inserts bypass SQLAlchemy's processing of values: it processes each value of each row. With thousands of rows, this
takes longer than the database.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Dialect
from sqlalchemy.ext.asyncio import AsyncConnection

BLOCK_SIZE = 10_000
"""Values in a list of a statement. PostgreSQL allows 32,767 parameters ("Frontend/Backend Protocol")."""

_Value = TypeVar("_Value")


def in_blocks(values: Sequence[_Value]) -> Iterator[Sequence[_Value]]:
    """Yield the values in blocks that fit into the list of a statement."""
    for start in range(0, len(values), BLOCK_SIZE):
        yield values[start : start + BLOCK_SIZE]


async def bulk_execute(connection: AsyncConnection, statement: Any, rows: Sequence[Mapping[str, object]]) -> None:
    """Execute an insert for each row. Values must have the driver's types: convert times with `microseconds`.

    A statement that is built once is compiled once, too.
    """
    sql, names = _compiled(statement, connection.dialect, tuple(rows[0]))
    await connection.exec_driver_sql(sql, [tuple(row[name] for name in names) for row in rows])


@lru_cache(maxsize=64)
def _compiled(statement: Any, dialect: Dialect, columns: Sequence[str]) -> tuple[str, Sequence[str]]:
    """Return the SQL, and the columns in the order of its parameters."""
    compiled = statement.compile(dialect=dialect, column_keys=list(columns))
    return compiled.string, compiled.positiontup
