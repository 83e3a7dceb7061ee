"""Transactions that a cancellation interrupts only between statements.

A driver that is interrupted within a statement must be discarded with its connection. On SQLite, that connection would
keep the write lock and block all other writers.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Generator
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store.pool_turns import has_open_connection, turn

T = TypeVar("T")


class shielded(Generic[T]):  # noqa: N801 - awaited like a function
    """Await the work to its end in the current task, and only then let cancellations take effect.

    The work must not limit its own time with `asyncio.timeout`, which cancels the current task.
    """

    # A task for each statement would take as long as a short statement.

    __slots__ = ("_work",)

    def __init__(self, work: Coroutine[Any, Any, T]) -> None:
        self._work = work

    def __await__(self) -> Generator[Any, Any, T]:
        """Return the result of the work; raise CancelledError if the task was cancelled meanwhile."""
        cancelled: asyncio.CancelledError | None = None
        while True:
            try:
                awaited = self._work.send(None)
            except StopIteration as end:
                result: T = end.value
                break
            except Exception:
                if cancelled:
                    raise cancelled from None
                raise
            cancelled = (yield from _until_done(awaited)) or cancelled
        if cancelled:
            raise cancelled
        return result


def _until_done(awaited: asyncio.Future[Any] | None) -> Generator[Any, Any, asyncio.CancelledError | None]:
    """Wait until a future that the work awaits is done, without passing a cancellation on to it. Return the latter."""
    cancelled: asyncio.CancelledError | None = None
    if awaited is not None:
        # The mark says that a task has to wait for this future. Here, the task waits for another one.
        awaited._asyncio_future_blocking = False  # noqa: SLF001 - asyncio's protocol of awaitables
    while True:
        try:
            if awaited is None:
                yield None
            elif not awaited.done():
                yield from _signal(awaited)
        except asyncio.CancelledError as error:
            cancelled = error
        else:
            return cancelled


def _signal(awaited: asyncio.Future[Any]) -> asyncio.Future[None]:
    """Return a future that is done as soon as the other one is."""
    signal: asyncio.Future[None] = awaited.get_loop().create_future()

    def send(_: asyncio.Future[Any]) -> None:
        if not signal.done():
            signal.set_result(None)

    awaited.add_done_callback(send)
    return signal


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
    async with turn(engine.pool):
        connection = await _opened(engine)
        try:
            yield connection
        finally:
            # Closing rolls back an uncommitted transaction.
            await shielded(connection.close())


async def _opened(engine: AsyncEngine) -> CancelSafeConnection:
    if has_open_connection(engine.pool):
        # Nothing in it waits, unless the server closed the connection: it connects again, outside of any statement.
        return await _open(engine)
    # A task of its own, because the drivers limit the time to connect with timeouts.
    opening = asyncio.create_task(_open(engine))
    if await _cancelled_during(opening):
        if opening.exception() is None:
            await shielded(opening.result().close())
        raise asyncio.CancelledError
    return opening.result()


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


async def _open(engine: AsyncEngine) -> CancelSafeConnection:
    connection = CancelSafeConnection(engine)
    await connection.start()
    try:
        await connection.begin()
    except BaseException:
        await connection.close()
        raise
    return connection
