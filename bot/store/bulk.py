"""One statement for many rows, handed to the driver as it is.

SQLAlchemy looks at every value of every row; where rows come by the thousand that costs more than the database itself.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection


async def bulk_execute(connection: AsyncConnection, statement: Any, rows: Sequence[Mapping[str, object]]) -> None:
    """Executes an insert once for each row; the values are those that the driver takes: see `Instant` for times."""
    compiled = statement.compile(dialect=connection.dialect, column_keys=list(rows[0]))
    names = compiled.positiontup
    await connection.exec_driver_sql(compiled.string, [tuple(row[name] for name in names) for row in rows])
