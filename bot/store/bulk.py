"""Bulk inserts that bypass SQLAlchemy's processing of values.

SQLAlchemy processes each value of each row. With thousands of rows, this takes longer than the database.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection


async def bulk_execute(connection: AsyncConnection, statement: Any, rows: Sequence[Mapping[str, object]]) -> None:
    """Execute an insert for each row. Values must have the driver's types: convert times with `microseconds`."""
    compiled = statement.compile(dialect=connection.dialect, column_keys=list(rows[0]))
    names = compiled.positiontup
    await connection.exec_driver_sql(compiled.string, [tuple(row[name] for name in names) for row in rows])
