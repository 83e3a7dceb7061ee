"""Turns for the connections of a pool: first come, first served.

The pool itself gives a free connection to the task that asks next. Other tasks could wait for minutes, because a busy
task asks again at once.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast
from weakref import WeakKeyDictionary

from sqlalchemy.exc import TimeoutError as NoConnectionError
from sqlalchemy.pool import Pool, QueuePool

_MAX_WAIT_S = 30

_turns: WeakKeyDictionary[Pool, asyncio.Semaphore] = WeakKeyDictionary()


@asynccontextmanager
async def turn(pool: Pool) -> AsyncIterator[None]:
    """Wait for one of the pool's connections. Raise SQLAlchemy's TimeoutError if none becomes free."""
    turns = _turns.get(pool) or _turns.setdefault(pool, asyncio.Semaphore(cast("QueuePool", pool).size()))
    if turns.locked():
        await _wait(turns)
    else:
        await turns.acquire()
    try:
        yield
    finally:
        turns.release()


async def _wait(turns: asyncio.Semaphore) -> None:
    try:
        async with asyncio.timeout(_MAX_WAIT_S):
            await turns.acquire()
    except TimeoutError as error:
        raise NoConnectionError("no connection became free") from error


def has_open_connection(pool: Pool) -> bool:
    """Check whether the pool has a free connection that is open, so that nobody waits for it."""
    return cast("QueuePool", pool).checkedin() > 0
