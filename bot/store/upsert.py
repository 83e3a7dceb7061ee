"""INSERT with ON CONFLICT, for which SQLAlchemy has one construct for each database."""

from typing import Any

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection


def insert(connection: AsyncConnection, table: Table) -> Any:
    """Return an insert statement that supports ON CONFLICT, for the connection's database."""
    if connection.dialect.name == "postgresql":
        # Import here: one process uses only one of the two databases.
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)
