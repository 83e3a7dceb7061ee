"""INSERT with ON CONFLICT, which both databases spell alike and SQLAlchemy keeps apart."""

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def insert(connection: AsyncConnection, table: Table) -> Any:
    """An insert statement with `on_conflict_do_nothing` and `on_conflict_do_update`, of the connection's database."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table)
