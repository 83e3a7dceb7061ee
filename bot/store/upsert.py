"""INSERT with ON CONFLICT, for which SQLAlchemy has one construct for each database."""

from collections.abc import Callable
from functools import cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection

Insert = Callable[[Table], Any]
"""Returns an insert statement that supports ON CONFLICT, for one database."""


def insert(connection: AsyncConnection, table: Table) -> Any:
    """Return an insert statement that supports ON CONFLICT, for the connection's database."""
    return _insert_for(connection.dialect.name)(table)


def built(connection: AsyncConnection, build: Callable[[Insert], Any]) -> Any:
    """Return the statement that the function builds for the connection's database.

    It is built only once, because that takes longer than a short statement. The function must be one of a module.
    """
    return _built(connection.dialect.name, build)


@cache
def _built(dialect: str, build: Callable[[Insert], Any]) -> Any:
    return build(_insert_for(dialect))


def _insert_for(dialect: str) -> Insert:
    # Import here: one process uses only one of the two databases.
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert
    from sqlalchemy.dialects import sqlite

    return sqlite.insert
