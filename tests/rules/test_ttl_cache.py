"""The cache loads each key once for a while, stays within its size, and shares loads between callers."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest

from bot.domain.errors import Unavailable
from bot.runtime.ttl_cache import TtlCache
from tests.fakes.clock import HeldClock

TTL = timedelta(minutes=10)
RECENT = timedelta(seconds=30)


class Source:
    """Counts loads; can fail or wait."""

    def __init__(self) -> None:
        self.count = 0
        self.is_down = False
        self.open = asyncio.Event()
        self.open.set()

    async def load(self, key: str) -> str:
        self.count += 1
        count = self.count
        await asyncio.sleep(0)
        await self.open.wait()
        if self.is_down:
            raise Unavailable("down")
        return f"{key} {count}"


class Cached:
    """A cache in front of a source."""

    def __init__(self, clock: HeldClock, max_size: int = 10) -> None:
        self.source = Source()
        self.cache: TtlCache[str, str] = TtlCache(clock, max_size=max_size, ttl=TTL)

    async def fetch(self, key: str, *, max_age: timedelta = TTL) -> str:
        return await self.cache.fetch(key, partial(self.source.load, key), max_age=max_age)


@pytest.fixture
async def cached(clock: HeldClock) -> Cached:
    return Cached(clock)


async def test_a_value_is_loaded_once_for_all_callers_until_it_expires(cached: Cached, clock: HeldClock) -> None:
    assert set(await asyncio.gather(*(cached.fetch("case") for _ in range(20)))) == {"case 1"}
    clock.advance(TTL / timedelta(seconds=1) - 1)
    assert await cached.fetch("case") == "case 1"
    assert await cached.fetch("account") == "account 2"
    clock.advance(1)
    assert "case" not in cached.cache
    assert await cached.fetch("case") == "case 3"


async def test_a_caller_can_ask_for_a_younger_value(cached: Cached, clock: HeldClock) -> None:
    await cached.fetch("case")
    assert await cached.fetch("case", max_age=RECENT) == "case 1"
    clock.advance(RECENT / timedelta(seconds=1))
    assert cached.cache.get("case") == "case 1"
    assert cached.cache.get("case", max_age=RECENT) is None
    assert [await cached.fetch("case", max_age=RECENT) for _ in range(3)] == ["case 2"] * 3


async def test_a_failed_load_raises_and_stores_nothing(cached: Cached) -> None:
    cached.source.is_down = True
    failed = await asyncio.gather(*(cached.fetch("case") for _ in range(3)), return_exceptions=True)
    assert [type(each) for each in failed] == [Unavailable] * 3
    assert cached.source.count == 1
    cached.source.is_down = False
    assert await cached.fetch("case") == "case 2"


async def test_a_caller_that_gives_up_does_not_cancel_the_load_for_the_others(cached: Cached) -> None:
    impatient, patient = (asyncio.create_task(cached.fetch("case")) for _ in range(2))
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient == "case 1"


async def test_the_value_is_stored_even_if_every_caller_gives_up(cached: Cached) -> None:
    cached.source.open.clear()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await cached.fetch("case")
    cached.source.open.set()
    assert await cached.fetch("case") == "case 1"
    assert cached.source.count == 1


async def test_a_full_cache_evicts_the_entry_that_was_not_used_for_longest(clock: HeldClock) -> None:
    cached = Cached(clock, max_size=2)
    await cached.fetch("a")
    await cached.fetch("b")
    assert cached.cache.get("a") == "a 1"
    cached.cache.put("c", "c")
    assert [key for key in "abc" if key in cached.cache] == ["a", "c"]


async def test_the_time_to_live_can_depend_on_the_value_and_none_is_a_value(clock: HeldClock) -> None:
    cache: TtlCache[str, str | None] = TtlCache(clock, max_size=9, ttl=lambda value: TTL if value else RECENT)
    cache.put("known", "x")
    cache.put("unknown", None)
    assert "unknown" in cache
    clock.advance(RECENT / timedelta(seconds=1))
    assert [key for key in ("known", "unknown") if key in cache] == ["known"]


async def test_without_a_time_to_live_a_value_stays_until_it_is_discarded(clock: HeldClock) -> None:
    cache: TtlCache[str, str] = TtlCache(clock, max_size=9)
    cache.put("a", "x")
    clock.advance(10 * 365 * 24 * 3600)
    assert cache.get("a") == "x"
    cache.discard("a")
    cache.discard("a")
    assert cache.get("a") is None


async def test_a_refresh_runs_in_the_background_and_leaves_the_old_value_meanwhile(cached: Cached) -> None:
    await cached.fetch("case")
    cached.source.open.clear()
    for _ in range(3):
        cached.cache.refresh("case", partial(cached.source.load, "case"))
    await asyncio.sleep(0)
    assert cached.cache.get("case") == "case 1"
    cached.source.open.set()
    await asyncio.sleep(0.01)
    assert (cached.cache.get("case"), cached.source.count) == ("case 2", 2)


async def test_closing_cancels_loads(cached: Cached) -> None:
    cached.source.open.clear()
    fetching = asyncio.create_task(cached.fetch("case"))
    await asyncio.sleep(0)
    await cached.cache.close()
    with pytest.raises(asyncio.CancelledError):
        await fetching
    assert cached.cache.get("case") is None
