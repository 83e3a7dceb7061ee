"""Bar 23: cards about changed key fields while messages keep the only process busy."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from tests.bench.bars import Row
from tests.bench.bench import Bench, Report
from tests.bench.child import Child, module, running
from tests.bench.load import apply_load, request
from tests.bench.parts.events import card_delays, connect
from tests.bench.parts.inbound import cases
from tests.bench.samples import LINKS, message

_CALLERS = 8
_PER_S = 10
"""Events a second."""


@dataclass(frozen=True, slots=True)
class _Round:
    """The delays of cards in seconds, and messages a second, each with and without the other."""

    idle_s: float
    busy_s: float
    alone: float
    beside: float
    cost: float
    """The share of a core that the cards take in an idle process."""

    @property
    def lost(self) -> float:
        """Return the messages that the cards cost, in relation to the CPU time of the cards."""
        return (1 - self.beside / self.alone) / self.cost


def fair(bench: Bench) -> Report:
    """Run the rounds, all in one process."""
    url, records = bench.sqlite(), cases(bench)
    bench.set_world()
    asyncio.run(connect(bench, url, records))
    # Without rate limits: as many replies would use up the posts of the tenant.
    command = module("sides.ours", "--unlimited", "--without-search")
    with running(command, bench.folder, bench.settings(url, CHATSYNC_COALESCE_S="1")) as child:
        rounds = [_round(bench, child, records) for _ in range(bench.warm_up + bench.rounds)][bench.warm_up :]
    rows = [
        Row("23 late", median(each.busy_s / each.idle_s for each in rounds)),
        Row("23 doors", median(each.lost for each in rounds)),
    ]
    return Report(rows=rows, figures=list(map(_line, rounds)))


def _line(each: _Round) -> str:
    return (
        f"event to card, median: idle {each.idle_s:.2f} s, busy {each.busy_s:.2f} s"
        f"  messages: alone {each.alone:.0f}/s, beside cards {each.beside:.0f}/s"
        f"  cards: {100 * each.cost:.1f} % of a core"
    )


def _round(bench: Bench, child: Child, records: Sequence[str]) -> _Round:
    seconds = bench.scaled(10, 2)
    bench.set_world()
    before = child.cpu_s()
    idle = asyncio.run(_delays(bench, child, records, seconds))
    cost = (child.cpu_s() - before) / seconds
    alone = _messages(bench, child, seconds)
    bench.set_world()
    beside, busy = asyncio.run(_both(bench, child, records, seconds))
    return _Round(idle_s=median(idle), busy_s=median(busy), alone=alone, beside=beside, cost=cost)


async def _delays(bench: Bench, child: Child, records: Sequence[str], seconds: int) -> list[float]:
    return await card_delays(bench, child, records, per_s=_PER_S, count=_PER_S * seconds)


def _messages(bench: Bench, child: Child, seconds: int) -> float:
    """Return the rate of messages, sent from chats without records."""
    bodies = [message(bench.plain_url, LINKS + number) for number in range(LINKS)]
    requests = [request("/api/messages", each) for each in bodies]
    return apply_load(child, requests, seconds=seconds, expected=b"HTTP/1.1 20", callers=_CALLERS).rate


async def _both(bench: Bench, child: Child, records: Sequence[str], seconds: int) -> tuple[float, list[float]]:
    return await asyncio.gather(
        asyncio.to_thread(_messages, bench, child, seconds), _delays(bench, child, records, seconds)
    )
