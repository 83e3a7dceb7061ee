"""The asynchronous driver for SQLite, with one call to the connection's thread for each statement.

`aiosqlite` makes a call for each step: create a cursor, execute, fetch, and close. A call takes longer than a short
statement, so all steps of a statement are one call here.
"""

import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from typing import Any, NamedTuple

import aiosqlite
from sqlalchemy.connectors.asyncio import AsyncAdapt_dbapi_connection
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
)
from sqlalchemy.util.concurrency import await_

_Statement = Callable[[sqlite3.Connection], sqlite3.Cursor]


class _Outcome(NamedTuple):
    """The state of a cursor of SQLite after a statement."""

    columns: Any = None
    row_count: int = -1
    last_row: int | None = None
    rows: Sequence[Any] = ()


class _Cursor(AsyncAdapt_aiosqlite_cursor):
    """The outcome of a statement, whose cursor of SQLite is already closed."""

    __slots__ = ("_outcome",)

    def __init__(self, adapt_connection: AsyncAdapt_dbapi_connection) -> None:
        self._adapt_connection = adapt_connection
        self._connection = adapt_connection._connection
        self._outcome = _Outcome()
        self._rows = deque()

    @property
    def description(self) -> Any:
        """The columns of the rows; None for a statement without rows."""
        return self._outcome.columns

    @property
    def rowcount(self) -> int:
        """The number of rows that the statement changed."""
        return self._outcome.row_count

    @property
    def lastrowid(self) -> Any:
        """The ID of the row that the statement inserted last."""
        return self._outcome.last_row

    def execute(self, operation: Any, parameters: Any = None) -> None:
        """Execute the statement, and fetch all rows."""
        self._call(partial(_execute, operation, parameters or ()))

    def executemany(self, operation: Any, seq_of_parameters: Any) -> None:
        """Execute the statement once for each row of parameters."""
        self._call(partial(_execute_many, operation, seq_of_parameters))

    async def _async_soft_close(self) -> None:
        """Do nothing: no cursor of SQLite is open."""

    def close(self) -> None:
        """Forget the rows that were not read."""
        self._rows.clear()

    def _call(self, statement: _Statement) -> None:
        connection: Any = self._connection
        adapted: Any = self._adapt_connection
        try:
            self._outcome = await_(connection._execute(_run, connection._conn, adapted.begin, statement))
        except Exception as error:
            self._adapt_connection._handle_exception(error)
        finally:
            if connection.in_transaction:
                adapted.begin = ""
        self._rows = deque(self._outcome.rows)


def _execute(operation: str, parameters: Any, connection: sqlite3.Connection) -> sqlite3.Cursor:
    return connection.execute(operation, parameters)


def _execute_many(operation: str, rows: Any, connection: sqlite3.Connection) -> sqlite3.Cursor:
    return connection.executemany(operation, rows)


def _run(connection: sqlite3.Connection, begin: str, statement: _Statement) -> _Outcome:
    """Return the outcome. This runs in the thread of the connection."""
    if begin:
        connection.execute(begin)
    with closing(statement(connection)) as cursor:
        # A statement with RETURNING has changed all its rows only after the last one is fetched.
        rows = cursor.fetchall() if cursor.description else ()
        return _Outcome(cursor.description, cursor.rowcount, cursor.lastrowid, rows)


class _Connection(AsyncAdapt_aiosqlite_connection):
    __slots__ = ("begin",)

    _cursor_cls = _Cursor

    def __init__(self, dbapi: Any, connection: Any) -> None:
        super().__init__(dbapi, connection)
        self.begin = ""
        """The statement that begins a transaction together with the next statement; empty if none has to."""

    def commit(self) -> None:
        """Commit, unless no statement was executed."""
        if self.begin:
            self.begin = ""
        else:
            super().commit()

    def rollback(self) -> None:
        """Roll back if there is a transaction. The pool asks for it each time that it gets a connection back.

        The thread of the connection does it before anything else, so there is nothing to wait for.
        """
        self.begin = ""
        connection: Any = self._connection
        if connection._connection and connection.in_transaction:
            connection._tx.put_nowait((None, connection._conn.rollback))


class SQLiteDriver(AsyncAdapt_aiosqlite_dbapi):
    """The driver, which engines get in place of the module of SQLAlchemy."""

    def __init__(self) -> None:
        super().__init__(aiosqlite, sqlite3)

    def connect(self, *arg: Any, **kw: Any) -> AsyncAdapt_aiosqlite_connection:
        """Return a new connection."""
        return _Connection(self, super().connect(*arg, **kw)._connection)
