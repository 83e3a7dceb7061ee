"""Checks that run at the same time, with the error of a fixed one."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

First = TypeVar("First")
Second = TypeVar("Second")


async def both(first: Awaitable[First], second: Awaitable[Second]) -> tuple[First, Second]:
    """Await both at the same time, and return their results. If both fail, raise the error of the first one.

    With `asyncio.gather`, the faster error wins. People could learn from it which of two checks took longer.
    """
    one, two = await asyncio.gather(first, second, return_exceptions=True)
    if isinstance(one, BaseException):
        raise one
    if isinstance(two, BaseException):
        raise two
    return one, two
