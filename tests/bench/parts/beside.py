"""Bars 11 and 12: link answers during a fan-out, and while Dataverse does not respond."""

import asyncio
import time
from collections import defaultdict
from statistics import median

from aiohttp import ClientSession, ClientTimeout

from tests.bench.bars import Row, percentile, ratio
from tests.bench.bench import Bench, Report
from tests.bench.child import Child, ask, module, running
from tests.bench.kept import add_chats, enqueue_messages, messages, open_store
from tests.bench.paced import call_at_rate
from tests.bench.parts.inbound import cases
from tests.bench.parts.post_room import UNLIMITED
from tests.bench.samples import LINKS, link_query

_PER_S = 25
_POST_S = 0.02
"""Response time of the connector."""
_CHATS = 2000
ALONE, BESIDE, STOCK = "ours, no fan-out", "ours, beside a fan-out", "stock, beside a fan-out"


def beside(bench: Bench) -> Report:
    """Run the rounds."""
    latencies: dict[str, list[list[float]]] = defaultdict(list)
    for _ in range(bench.rounds):
        for name in (ALONE, BESIDE, STOCK):
            latencies[name].append(_stock(bench) if name == STOCK else _ours(bench, fan_out=name == BESIDE))
    p99 = {name: [percentile(each, 0.99) for each in found] for name, found in latencies.items()}
    within_s, stall_ms = zip(*(_hanging(bench) for _ in range(bench.rounds)), strict=True)
    rows = [
        Row("11 alone", ratio(p99[BESIDE], p99[ALONE])),
        Row("11 stock", ratio(p99[BESIDE], p99[STOCK])),
        Row("12", max(within_s)),
        Row("12 loop", median(stall_ms)),
    ]
    return Report(rows=rows, figures=[_line(name, found) for name, found in latencies.items()])


def _line(name: str, rounds: list[list[float]]) -> str:
    parts = (0.5, 0.95, 0.99)
    figures = (1000 * median(percentile(each, part) for each in rounds) for part in parts)
    return f"{name:24} " + "  ".join(f"p{part * 100:.0f} {ms:7.1f} ms" for part, ms in zip(parts, figures, strict=True))


def _ours(bench: Bench, *, fan_out: bool) -> list[float]:
    """Return the latencies while more cards are pending than can be sent in this time."""
    bench.set_world(post_s=_POST_S)
    url, cards = bench.sqlite(), bench.scaled(40_000, 4000) if fan_out else 0
    command = module("sides.ours", "--memory", *UNLIMITED)

    async def measured(child: Child) -> list[float]:
        async with open_store(url) as (store, engines):
            await add_chats(engines, _CHATS, bench.service_url)
            await _latencies(bench, child, bench.warm_up)
            # Until it ends: work in this process would count as latency.
            await enqueue_messages(store, messages(cards, _CHATS))
            found = await _latencies(bench, child, bench.scaled(6, 1))
        if fan_out and bench.seen()["posts"] >= cards:
            raise RuntimeError("the fan-out ended before the measurement did")
        return found

    with running(command, bench.folder, bench.signed_in(url)) as child:
        return asyncio.run(measured(child))


def _stock(bench: Bench) -> list[float]:
    bench.set_world(post_s=_POST_S)
    with running(module("sides.stock", "cloud"), bench.folder, bench.side()) as child:
        asyncio.run(_latencies(bench, child, bench.warm_up))
        ask(child.port, "POST", f"/_fan?count={_CHATS}")
        return asyncio.run(_latencies(bench, child, bench.scaled(6, 1)))


async def _latencies(bench: Bench, child: Child, seconds: float) -> list[float]:
    headers = {"Authorization": bench.authorization}
    bodies = [link_query(bench.service_url, bench.dataverse_url, number) for number in range(LINKS)]
    async with ClientSession(timeout=ClientTimeout(total=60), headers=headers) as session:

        async def call(number: int) -> None:
            url = f"http://127.0.0.1:{child.port}/api/messages"
            async with session.post(url, json=bodies[number % LINKS]) as answer:
                if b"Pump" not in await answer.read():
                    raise RuntimeError(child.last_words())

        return await call_at_rate(call, per_s=_PER_S, count=int(_PER_S * seconds))


def _hanging(bench: Bench) -> tuple[float, float]:
    """Return the seconds until a link is answered while Dataverse does not respond, and the longest stall."""
    bench.set_world()
    row = cases(bench)[0]
    body = link_query(bench.plain_url, bench.dataverse_url, 0, row)
    command = module("sides.ours", "--ticker")
    with running(command, bench.folder, bench.settings(bench.sqlite())) as child:
        _answered(child, body)
        bench.set_world(dataverse_hangs=True)
        ask(child.port, "GET", "/_stall")
        began = time.perf_counter()
        _answered(child, body)
        seconds = time.perf_counter() - began
        return seconds, ask(child.port, "GET", "/_stall")[1]


def _answered(child: Child, body: object) -> None:
    status, found = ask(child.port, "POST", "/api/messages", body)
    if status != 200 or not found["composeExtension"]["attachments"]:
        raise RuntimeError(child.last_words())
