"""Transactions that a cancellation ends between two statements and never within one.

A driver that is interrupted in the middle of a statement has to be thrown away with its connection. SQLite's would keep
the lock on the file meanwhile, and everybody else would wait for it.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

T = TypeVar("T")


async def shielded(work: Coroutine[Any, Any, T]) -> T:
    """The result of the work; a cancellation meanwhile, or several, takes effect when it is done."""
    task = asyncio.create_task(work)
    if await _cancelled_before_the_end_of(task):
        raise asyncio.CancelledError
    return task.result()


async def _cancelled_before_the_end_of(task: asyncio.Task[Any]) -> bool:
    cancelled = False
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            cancelled = True
    if cancelled and not task.cancelled():
        task.exception()  # looked at, or asyncio would complain that nobody did
    return cancelled


class CancelSafeConnection(AsyncConnection):
    """Each of its statements comes to its end."""

    async def execute(self, *arguments: Any, **named: Any) -> Any:
        """See `AsyncConnection.execute`."""
        return await shielded(super().execute(*arguments, **named))

    async def exec_driver_sql(self, *arguments: Any, **named: Any) -> Any:
        """See `AsyncConnection.exec_driver_sql`."""
        return await shielded(super().exec_driver_sql(*arguments, **named))


@asynccontextmanager
async def cancel_safe(engine: AsyncEngine) -> AsyncIterator[CancelSafeConnection]:
    """A connection in a transaction, which is undone unless it is committed in the block."""
    connection = await _opened(engine)
    try:
        yield connection
    finally:
        # Closing undoes what was not committed.
        await shielded(connection.close())


async def _opened(engine: AsyncEngine) -> CancelSafeConnection:
    opening = asyncio.create_task(_open(engine))
    if await _cancelled_before_the_end_of(opening):
        if opening.exception() is None:
            await shielded(opening.result().close())
        raise asyncio.CancelledError
    return opening.result()


async def _open(engine: AsyncEngine) -> CancelSafeConnection:
    connection = CancelSafeConnection(engine)
    await connection.start()
    try:
        await connection.begin()
    except BaseException:
        await connection.close()
        raise
    return connection
