"""INSERT with ON CONFLICT, which both databases spell alike and SQLAlchemy keeps apart."""

from typing import Any

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection


def insert(connection: AsyncConnection, table: Table) -> Any:
    """An insert statement with `on_conflict_do_nothing` and `on_conflict_do_update`, of the connection's database."""
    if connection.dialect.name == "postgresql":
        # Here and not above: the other database's half need not be imported.
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)
