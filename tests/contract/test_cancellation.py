"""Work that a cancellation does not interrupt."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack, suppress
from typing import cast

import pytest
from sqlalchemy import text
from sqlalchemy.pool import QueuePool

from bot.domain.errors import Unavailable
from bot.store.cancellation import cancel_safe, shielded
from bot.store.engine import Engines
from bot.store.unit_of_work import Store


async def cancel_while(work: Coroutine[object, object, object], *, times: int = 1) -> asyncio.Task[object]:
    """Start the work in a task, cancel it at each step, and return the task when it ended."""

    async def run() -> object:
        return await shielded(work)

    task = asyncio.create_task(run())
    for _ in range(times):
        await asyncio.sleep(0)
        task.cancel()
    await asyncio.wait({task})
    return task


@pytest.mark.one_database
class TestShielded:
    @pytest.mark.parametrize("times", [1, 2, 5])
    async def test_the_work_ends_before_the_cancellation_takes_effect(self, times: int) -> None:
        done = []

        async def work() -> None:
            await asyncio.sleep(0)
            await asyncio.sleep(0.01)
            done.append(True)

        task = await cancel_while(work(), times=times)
        assert done
        assert task.cancelled()

    async def test_without_a_cancellation_the_result_or_the_error_is_returned(self) -> None:
        async def divide(number: int) -> float:
            await asyncio.sleep(0)
            return 1 / number

        assert await shielded(divide(2)) == 0.5
        with pytest.raises(ZeroDivisionError):
            await shielded(divide(0))

    async def test_a_cancellation_is_more_important_than_an_error(self) -> None:
        async def fail() -> None:
            await asyncio.sleep(0.01)
            raise ValueError

        assert (await cancel_while(fail())).cancelled()

    async def test_work_within_work_ends_too(self) -> None:
        done = []

        async def inner() -> None:
            await asyncio.sleep(0.01)
            done.append("inner")

        async def outer() -> None:
            await shielded(inner())
            done.append("outer")

        assert (await cancel_while(outer())).cancelled()
        assert done == ["inner", "outer"]

    async def test_a_future_that_somebody_else_cancels_cancels_the_work(self) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(future.cancel)

        async def wait() -> None:
            await future

        with pytest.raises(asyncio.CancelledError):
            await shielded(wait())

    async def test_a_time_limit_around_the_work_counts_after_it(self) -> None:
        done = []

        async def work() -> None:
            await asyncio.sleep(0.02)
            done.append(True)

        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await shielded(work())
        assert done


@pytest.mark.parametrize("steps", range(12))
async def test_a_transaction_that_is_cancelled_leaves_the_connection_usable(
    store: Store, engines: Engines, steps: int
) -> None:
    async def write() -> None:
        async with cancel_safe(engines.writing) as connection:
            await connection.execute(text("CREATE TABLE half (id INTEGER PRIMARY KEY)"))
            await connection.execute(text("INSERT INTO half VALUES (1)"))

    task = asyncio.create_task(write())
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    async with store.writing() as work:
        await work.connection.execute(text("CREATE TABLE half (id INTEGER PRIMARY KEY)"))
        await work.connection.execute(text("DROP TABLE half"))


async def test_transactions_get_their_turn_in_order(store: Store, engines: Engines) -> None:
    """Tasks that begin a transaction again and again let the others in."""
    order: list[str] = []

    async def write(name: str, times: int) -> None:
        for _ in range(times):
            async with store.writing() as work:
                await work.connection.execute(text("SELECT 1"))
                order.append(name)

    connections = cast("QueuePool", engines.writing.pool).size()
    await asyncio.gather(*(write("busy", 50) for _ in range(connections)), write("late", 1))
    assert order.index("late") < 5 * connections


async def test_a_wait_for_a_connection_ends(store: Store, engines: Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.pool_turns._MAX_WAIT_S", 0.05)
    async with AsyncExitStack() as stack:
        for _ in range(cast("QueuePool", engines.writing.pool).size()):
            await stack.enter_async_context(store.writing())
        with pytest.raises(Unavailable):
            await stack.enter_async_context(store.writing())
    async with store.writing() as work:
        await work.connection.execute(text("SELECT 1"))
