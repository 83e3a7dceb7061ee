"""The rate limiter with a database that takes long."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.domain.rate_windows import TENANT_WINDOW
from bot.store.unit_of_work import Store
from bot.workers.rate_limiter import RateLimiter
from tests.fakes.clock import HeldClock

_TENANT = "contoso"


class SlowStore:
    """Keeps the posts of one tenant, and takes this long for each transaction."""

    def __init__(self, clock: HeldClock, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._posts: Sequence[datetime] = ()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Any]:
        await self._clock.sleep(self._seconds)
        yield SimpleNamespace(rate_history=self)

    async def lock_tenant_posts(self, _tenant: str) -> Sequence[datetime]:
        return self._posts

    async def save_tenant_posts(self, _tenant: str, posts: Sequence[datetime]) -> None:
        self._posts = posts


@pytest.mark.parametrize("seconds", [0, 0.2])
async def test_a_slow_database_costs_no_posts(seconds: float) -> None:
    clock, sent = HeldClock(), list[datetime]()
    limiter = RateLimiter(TENANT_WINDOW, store=cast("Store", SlowStore(clock, seconds)), clock=clock)

    async def post() -> None:
        while True:
            ask_again = await limiter.acquire(_TENANT)
            if ask_again:
                await clock.sleep((ask_again - clock.now()).total_seconds())
            else:
                sent.append(clock.now())

    posting = [asyncio.create_task(post()) for _ in range(20)]
    for _ in range(4_000):
        clock.advance(0.001)
        for _ in range(8):
            await asyncio.sleep(0)
    for each in posting:
        each.cancel()
    await asyncio.wait(posting)
    allowed = timedelta(seconds=4) / (TENANT_WINDOW.span / TENANT_WINDOW.posts)
    assert 0.9 * allowed < len(sent) <= allowed + TENANT_WINDOW.posts
    assert all(b - a >= TENANT_WINDOW.span for a, b in zip(sent, sent[TENANT_WINDOW.posts :], strict=False))
