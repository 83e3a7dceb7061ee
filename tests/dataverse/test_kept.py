"""What is read once for a while."""

import asyncio
from datetime import timedelta

import pytest

from bot.dataverse.ttl_cache import LIFETIME, RECENT, TtlCache
from bot.domain.errors import Unavailable
from tests.fakes.clock import HeldClock


class Reading:
    """Counts; can be out of order."""

    def __init__(self) -> None:
        self.count = 0
        self.is_down = False

    async def __call__(self, name: str) -> str:
        self.count += 1
        await asyncio.sleep(0)
        if self.is_down:
            raise Unavailable("down")
        return f"{name} {self.count}"


async def test_it_is_read_once_for_all_who_ask_until_its_time_is_over(clock: HeldClock) -> None:
    reading = Reading()
    kept = TtlCache(reading, clock)
    assert set(await asyncio.gather(*(kept.get("case") for _ in range(20)))) == {"case 1"}
    clock.advance(LIFETIME / timedelta(seconds=1) - 1)
    assert await kept.get("case") == "case 1"
    assert await kept.get("account") == "account 2"
    clock.advance(1)
    assert await kept.get("case") == "case 3"


async def test_who_misses_something_has_it_read_again_but_not_each(clock: HeldClock) -> None:
    reading = Reading()
    kept = TtlCache(reading, clock)
    await kept.get("case")
    assert await kept.get("case", not_older_than=RECENT) == "case 1"
    clock.advance(RECENT / timedelta(seconds=1))
    assert [await kept.get("case", not_older_than=RECENT) for _ in range(3)] == ["case 2"] * 3


async def test_of_a_failure_nothing_is_kept(clock: HeldClock) -> None:
    reading = Reading()
    reading.is_down = True
    kept = TtlCache(reading, clock)
    with pytest.raises(Unavailable):
        await kept.get("case")
    reading.is_down = False
    assert await kept.get("case") == "case 2"


async def test_who_gives_up_does_not_end_the_reading_for_the_others(clock: HeldClock) -> None:
    kept = TtlCache(Reading(), clock)
    impatient, patient = (asyncio.create_task(kept.get("case")) for _ in range(2))
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient == "case 1"
