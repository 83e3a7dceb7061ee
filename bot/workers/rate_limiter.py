"""Rate limiter for the posts of one tenant, shared by all processes through the database."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.domain.rate_windows import MAX_AHEAD, Window, reserve_slots
from bot.store.unit_of_work import Store
from bot.workers.post_times import PostTimes

_MAX_WAITING = 20
"""Maximum number of lanes of one tenant that wait for a slot; further ones come back later and make room for others."""
_MAX_YIELDING = 14
"""Maximum number of waiting lanes whose messages let others pass. The others find room without coming back."""
_MAX_POSTPONEMENT = timedelta(seconds=10)
"""Maximum time until such a lane asks again."""
_MAX_LEAD = timedelta(milliseconds=250)
"""Maximum time before the end of a block at which the next one is reserved."""


class RateLimiter:
    """Grants slots in order. Reserves them in blocks, one slot for each lane that waits."""

    def __init__(self, window: Window, *, store: Store, clock: Clock) -> None:
        self._window = window
        self._interval = window.span / window.posts
        self._store = store
        self._clock = clock
        self._times = PostTimes()
        self._waiting: dict[str, list[asyncio.Future[datetime]]] = defaultdict(list)
        self._reserving: dict[str, asyncio.Task[None]] = {}
        self._counts: Counter[str] = Counter()
        self._tails: dict[tuple[str, bool], datetime] = {}

    async def acquire(self, tenant: str, *, yields: bool = False) -> datetime | None:
        """Wait for a slot and return None, or return when to ask again if too many are waiting already.

        `yields`: let others pass if there are more messages than slots.
        """
        if self._counts[tenant] >= (_MAX_YIELDING if yields else _MAX_WAITING):
            return self._ask_again_at(tenant, yields=yields)
        self._counts[tenant] += 1
        try:
            at = await self._slot(tenant)
            await self._sleep_until(at)
        finally:
            self._counts[tenant] -= 1
        return None

    def limiter(self, name: str) -> Callable[[], Coroutine[None, None, None]]:
        """Return a function that waits for a slot, no matter how many others are waiting.

        Delayed callers do not catch up with each other: they leave one by one even on a busy machine.
        """
        one_by_one, free_at = asyncio.Lock(), self._clock.now()

        async def wait() -> None:
            nonlocal free_at
            while ask_again := await self.acquire(name):
                await self._sleep_until(ask_again)
            async with one_by_one:
                await self._sleep_until(free_at, at_most=self._interval)
                free_at = self._clock.now() + self._interval

        return wait

    async def _sleep_until(self, at: datetime, *, at_most: timedelta = MAX_AHEAD) -> None:
        """Sleep until this time, but not longer than that: the clock may have been set back since."""
        await self._clock.sleep(min(at - self._clock.now(), at_most).total_seconds())

    async def _slot(self, tenant: str) -> datetime:
        slot: asyncio.Future[datetime] = asyncio.get_running_loop().create_future()
        self._waiting[tenant].append(slot)
        if tenant not in self._reserving:
            self._reserving[tenant] = asyncio.create_task(self._reserve(tenant))
        return await slot

    def _ask_again_at(self, tenant: str, *, yields: bool) -> datetime:
        """Return when to ask again, spread so that no more lanes come back at once than can be served."""
        now, queue = self._clock.now(), (tenant, yields)
        tail = max(self._tails.get(queue, now), now + self._interval * _MAX_WAITING) + self._interval
        self._tails[queue] = min(tail, now + _MAX_POSTPONEMENT)
        return self._tails[queue]

    async def _reserve(self, tenant: str) -> None:
        """Serve the waiting lanes in order until none is left."""
        batch: Sequence[asyncio.Future[datetime]] = ()
        try:
            while self._waiting[tenant]:
                batch, began = self._waiting.pop(tenant), self._clock.now()
                granted = await self._grant(tenant, len(batch))
                took = self._clock.now() - began
                for each, at in zip(batch, granted, strict=True):
                    if not each.done():
                        each.set_result(at)
                # Reserve the next block in time, but not earlier: an unused reservation is lost.
                await self._sleep_until(granted[-1] - min(took, _MAX_LEAD))
        except Exception as error:  # noqa: BLE001 - the lanes that wait must get the error
            for each in [*batch, *self._waiting.pop(tenant, ())]:
                if not each.done():
                    each.set_exception(error)
        finally:
            del self._reserving[tenant]

    async def _grant(self, tenant: str, count: int) -> Sequence[datetime]:
        async with self._store.writing() as work:
            stored, now = await work.rate_history.lock_tenant_posts(tenant), self._clock.now()
            posts = self._times.credible(stored, now)
            granted = reserve_slots(self._window, posts, now, count)
            await work.rate_history.save_tenant_posts(tenant, [*posts, *granted][-self._window.posts :])
        return granted
