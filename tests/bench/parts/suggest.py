"""Time to find the people who handled similar records, and the stall that it causes."""

import asyncio
import random
import time
from statistics import median

from bot.features.suggestions.similarity import WordSimilarity
from tests.bench.bars import Row
from tests.bench.bench import Bench, Report
from tests.bench.ticker import Ticker

_WORDS = ("pump", "vibrates", "after", "firmware", "update", "inverter", "leaks", "shows", "error", "valve", "site")
_MORE = ("water", "pressure", "zone", "upper", "booster", "stops", "at", "night", "log", "cable", "heat", "roof")


def suggest(bench: Bench) -> Report:
    """Compare one title with ten thousand in this process."""
    found = [asyncio.run(_measured(bench.scaled(10_000, 500))) for _ in range(bench.rounds)]
    rows = [Row("similar", median(ms for ms, _ in found)), Row("similar loop", max(stall for _, stall in found))]
    return Report(rows=rows, figures=[f"{ms:6.1f} ms, longest stall {stall:5.1f} ms" for ms, stall in found])


async def _measured(titles: int) -> tuple[float, float]:
    chance = random.Random(titles)  # noqa: S311 - the same titles in every run
    texts = [" ".join(chance.sample([*_WORDS, *_MORE], 6)) for _ in range(titles)]
    ticker = Ticker()
    ticking = asyncio.create_task(ticker.run())
    await asyncio.sleep(0.05)
    ticker.taken_ms()
    began = time.perf_counter()
    await WordSimilarity().most_like("Pump vibrates after firmware update", texts, at_most=20, at_least=0.65)
    took = 1000 * (time.perf_counter() - began)
    await asyncio.sleep(0.02)
    ticking.cancel()
    return took, ticker.taken_ms()
