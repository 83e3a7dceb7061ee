"""Transactions that a cancellation interrupts only between statements.

A driver that is interrupted within a statement must be discarded with its connection. On SQLite, that connection would
keep the write lock and block all other writers.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

T = TypeVar("T")


async def shielded(work: Coroutine[Any, Any, T]) -> T:
    """Await the work to its end, and only then let cancellations take effect."""
    task = asyncio.create_task(work)
    if await _cancelled_during(task):
        raise asyncio.CancelledError
    return task.result()


async def _cancelled_during(task: asyncio.Task[Any]) -> bool:
    cancelled = False
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            cancelled = True
    if cancelled and not task.cancelled():
        task.exception()  # retrieve the exception, or asyncio logs that it was never retrieved
    return cancelled


class CancelSafeConnection(AsyncConnection):
    """A connection whose statements cannot be cancelled halfway."""

    async def execute(self, *arguments: Any, **named: Any) -> Any:
        """Execute like `AsyncConnection.execute`."""
        return await shielded(super().execute(*arguments, **named))

    async def exec_driver_sql(self, *arguments: Any, **named: Any) -> Any:
        """Execute like `AsyncConnection.exec_driver_sql`."""
        return await shielded(super().exec_driver_sql(*arguments, **named))


@asynccontextmanager
async def cancel_safe(engine: AsyncEngine) -> AsyncIterator[CancelSafeConnection]:
    """Open a connection in a transaction, which is rolled back unless the block commits it."""
    connection = await _opened(engine)
    try:
        yield connection
    finally:
        # Closing rolls back an uncommitted transaction.
        await shielded(connection.close())


async def _opened(engine: AsyncEngine) -> CancelSafeConnection:
    opening = asyncio.create_task(_open(engine))
    if await _cancelled_during(opening):
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
