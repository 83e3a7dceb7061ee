"""The tenant's budget of posts, shared by every process."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.store.unit_of_work import Store
from bot.workers.rate_windows import Window, reserve_slots

_QUEUE = 20
"""Lanes of one tenant that wait for a slot; further ones come back later, so that other tenants get on."""
_LONGEST = timedelta(seconds=10)
"""A lane comes back to ask after this time at most."""


class RateLimiter:
    """Hands out slots one after the other, reserved in blocks as large as the crowd that waits for them."""

    def __init__(self, window: Window, *, store: Store, clock: Clock) -> None:
        self._window = window
        self._each = window.span / window.posts
        self._store = store
        self._clock = clock
        self._waiting: dict[str, list[asyncio.Future[datetime]]] = defaultdict(list)
        self._reserving: dict[str, asyncio.Task[None]] = {}
        self._inside: Counter[str] = Counter()
        self._tails: dict[str, datetime] = {}

    async def acquire(self, tenant: str) -> datetime | None:
        """None when the post may go out now; where too many wait before it, when to ask again."""
        if self._inside[tenant] >= _QUEUE:
            return self._end_of_queue(tenant)
        self._inside[tenant] += 1
        try:
            at = await self._slot(tenant)
            await self._clock.sleep((at - self._clock.now()).total_seconds())
        finally:
            self._inside[tenant] -= 1
        return None

    def limiter(self, name: str) -> Callable[[], Coroutine[None, None, None]]:
        """What returns when the next post may go out, however many wait before it.

        Those that are late do not catch up with each other: one goes out after the other, also on a busy machine.
        """
        one_by_one, free_at = asyncio.Lock(), self._clock.now()

        async def wait() -> None:
            nonlocal free_at
            while ask_again := await self.acquire(name):
                await self._clock.sleep((ask_again - self._clock.now()).total_seconds())
            async with one_by_one:
                await self._clock.sleep((free_at - self._clock.now()).total_seconds())
                free_at = self._clock.now() + self._each

        return wait

    async def _slot(self, tenant: str) -> datetime:
        slot: asyncio.Future[datetime] = asyncio.get_running_loop().create_future()
        self._waiting[tenant].append(slot)
        if tenant not in self._reserving:
            self._reserving[tenant] = asyncio.create_task(self._reserve(tenant))
        return await slot

    def _end_of_queue(self, tenant: str) -> datetime:
        """A time to ask again, spread so that no more come back together than can be served."""
        now = self._clock.now()
        tail = max(self._tails.get(tenant, now), now + self._each * _QUEUE) + self._each
        self._tails[tenant] = min(tail, now + _LONGEST)
        return self._tails[tenant]

    async def _reserve(self, tenant: str) -> None:
        """Serves the waiting in the order in which they came, until nobody waits."""
        crowd: Sequence[asyncio.Future[datetime]] = ()
        try:
            while self._waiting[tenant]:
                crowd = self._waiting.pop(tenant)
                granted = await self._take(tenant, len(crowd))
                for each, at in zip(crowd, granted, strict=True):
                    if not each.done():
                        each.set_result(at)
                # The next block only when this one is used up: what is reserved and not used is lost.
                await self._clock.sleep((granted[-1] - self._clock.now()).total_seconds())
        except Exception as error:  # noqa: BLE001 - whoever waits has to hear of it
            for each in [*crowd, *self._waiting.pop(tenant, ())]:
                if not each.done():
                    each.set_exception(error)
        finally:
            del self._reserving[tenant]

    async def _take(self, tenant: str, count: int) -> Sequence[datetime]:
        async with self._store.writing() as work:
            posts = await work.rate_history.lock_tenant_posts(tenant)
            granted = reserve_slots(self._window, posts, self._clock.now(), count)
            await work.rate_history.save_tenant_posts(tenant, [*posts, *granted][-self._window.posts :])
        return granted
