"""Link cards at a steady rate, as independent people paste links."""

import asyncio
import time
from collections.abc import Sequence
from itertools import product
from statistics import median
from typing import Any

from aiohttp import ClientSession, ClientTimeout, TCPConnector

from tests.bench.bars import Row, percentile
from tests.bench.bench import Bench, Report
from tests.bench.child import Child, module, running
from tests.bench.paced import call_at_rate
from tests.bench.parts.inbound import cases
from tests.bench.samples import link_query
from tests.wire.people import COLLEAGUES

PER_S = 200
_DATAVERSE_S = 0.1
_WITHIN_S = 3
"""Time limit of an invoke ("Message extension", Teams documentation: five seconds, minus the network)."""


def cards(bench: Bench) -> Report:
    """Run the rounds: first with a slow Dataverse, then with one that does not respond."""
    slow, late, use = [], [], []
    with running(module("sides.ours"), bench.folder, bench.signed_in(bench.sqlite())) as child:
        bodies = _bodies(bench)
        asyncio.run(_latencies(bench, child, bodies, count=len(bodies)))
        for _ in range(bench.rounds):
            bench.set_world(dataverse_s=_DATAVERSE_S)
            before, began = child.cpu_s(), time.perf_counter()
            slow.append(asyncio.run(_latencies(bench, child, bodies, count=int(PER_S * bench.scaled(10, 1)))))
            use.append(100 * (child.cpu_s() - before) / (time.perf_counter() - began))
            bench.set_world(dataverse_hangs=True)
            late += asyncio.run(_latencies(bench, child, bodies, count=int(PER_S * bench.scaled(5, 1))))
    parts = {f"p{100 * part:.0f}": 1000 * median(percentile(each, part) for each in slow) for part in (0.5, 0.95, 0.99)}
    told = "  ".join(f"{name} {ms:.0f} ms" for name, ms in parts.items())
    rows = [
        Row("cards", parts["p99"], f"{median(use):.0f} % of a core"),
        Row(
            "cards hang", 100 * sum(each > _WITHIN_S for each in late) / len(late), f"the last after {max(late):.2f} s"
        ),
    ]
    return Report(rows=rows, figures=[f"{PER_S} link cards a second    {told}"])


def _bodies(bench: Bench) -> Sequence[dict[str, Any]]:
    """Return the requests: each person pastes the link of each case, seldom two of them at the same time."""
    pairs = product(enumerate(cases(bench)), COLLEAGUES)
    return [
        link_query(bench.service_url, bench.dataverse_url, number, row, person=person)
        for (number, row), person in pairs
    ]


async def _latencies(bench: Bench, child: Child, bodies: Sequence[dict[str, Any]], *, count: int) -> list[float]:
    headers = {"Authorization": bench.authorization}
    # Teams does not wait for one response before it sends the next request.
    connector = TCPConnector(limit=0)
    async with ClientSession(connector=connector, timeout=ClientTimeout(total=60), headers=headers) as session:

        async def call(number: int) -> None:
            url = f"http://127.0.0.1:{child.port}/api/messages"
            async with session.post(url, json=bodies[number % len(bodies)]) as answer:
                if b"AdaptiveCard" not in await answer.read():
                    raise RuntimeError(child.last_words())

        return await call_at_rate(call, per_s=PER_S, count=count)
