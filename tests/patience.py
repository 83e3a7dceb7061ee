"""Waiting in tests: for milliseconds usually, and longer on a busy machine."""

import asyncio
from collections.abc import Awaitable, Callable

PATIENCE_S = 90.0


async def until(condition: Callable[[], Awaitable[bool]], within_s: float = PATIENCE_S) -> None:
    """Wait until the condition holds. Fail the test if that takes too long."""
    async with asyncio.timeout(within_s):
        while not await condition():
            await asyncio.sleep(0.05)
