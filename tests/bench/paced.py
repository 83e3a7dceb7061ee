"""Calls at a steady rate, regardless of earlier answers."""

import asyncio
import time
from collections.abc import Awaitable, Callable


async def call_at_rate(call: Callable[[int], Awaitable[None]], *, per_s: float, count: int) -> list[float]:
    """Return the seconds that each call took."""

    async def one(number: int) -> float:
        sent = time.perf_counter()
        await call(number)
        return time.perf_counter() - sent

    began, tasks = time.perf_counter(), []
    for number in range(count):
        await asyncio.sleep(began + number / per_s - time.perf_counter())
        tasks.append(asyncio.create_task(one(number)))
    return list(await asyncio.gather(*tasks))
