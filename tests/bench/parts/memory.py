"""Bar 13: memory used by pending cards."""

import asyncio
from statistics import median

from tests.bench.bars import Row
from tests.bench.bench import Bench, Report
from tests.bench.child import Child, module, running
from tests.bench.kept import add_chats, enqueue_messages, messages, open_store
from tests.bench.parts.post_room import UNLIMITED

_CHATS = 500
_SETTLED_S = 8
"""Soon after its start, the process compiles the pane's templates and deletes old rows, which take as much memory."""
_LEAST_MB = 1.0
"""Less than this is a few pages more or less, and not a basis for a ratio."""


def memory(bench: Bench) -> Report:
    """Measure the growth while cards are pending and being sent, in a process that has sent some before."""
    few = bench.scaled(10_000, 200)
    some = [_growth(bench, few) for _ in range(bench.rounds)]
    many = _growth(bench, 10 * few)
    rows = [Row("13", median(some)), Row("13 ten", max(many, _LEAST_MB) / max(median(some), _LEAST_MB))]
    lines = [f"{count:7} cards: {mb:6.2f} MB" for count, mb in ((few, median(some)), (10 * few, many))]
    return Report(rows=rows, figures=lines)


def _growth(bench: Bench, cards: int) -> float:
    url = bench.sqlite()
    bench.set_world()
    with running(module("sides.ours", *UNLIMITED, "--delete-after", "1"), bench.folder, bench.settings(url)) as child:
        return asyncio.run(_measured(bench, child, url, cards))


async def _measured(bench: Bench, child: Child, url: str, cards: int) -> float:
    async with open_store(url) as (store, engines):
        await add_chats(engines, _CHATS, bench.plain_url)
        await enqueue_messages(store, messages(_CHATS, _CHATS))
        await _until_posted(bench, child, _CHATS)
        await asyncio.sleep(_SETTLED_S)
        before = child.memory_mb()
        putting = asyncio.create_task(enqueue_messages(store, messages(cards, _CHATS)))
        most = await _until_posted(bench, child, _CHATS + cards)
        await putting
    return most - before


async def _until_posted(bench: Bench, child: Child, count: int) -> float:
    """Return the peak memory until this many posts have arrived."""
    most = 0.0
    while bench.seen()["posts"] < count:
        most = max(most, child.memory_mb())
        await asyncio.sleep(0.1)
    return most
