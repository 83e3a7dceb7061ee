"""Measure at scale: `uv run python -m tests.bench.scale [part …] [--rounds N] [--quick]`. See `docs/performance.md`."""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.bench.__main__ import say
from tests.bench.bench import Bench, bench
from tests.bench.child import AROUND
from tests.bench.scale.churn import churned
from tests.bench.scale.cost import cost
from tests.bench.scale.explained import Explained, full_scans, long_reads
from tests.bench.scale.large import LARGE, PAGES_AT_MOST, ROWS_AT_MOST, Size, fill, sizes
from tests.bench.scale.paths import recorded
from tests.bench.scale.pruned import pruned
from tests.bench.scale.workers import workers

SMALL = Size(2_000, 20_000)
_SLOWEST = 12


def large(made: Bench) -> list[str]:
    """Run every path in a large database, and the pruning of a day."""
    return asyncio.run(_large(made.new_postgres(), SMALL if made.quick else LARGE))


async def _large(url: str, size: Size) -> list[str]:
    began = time.perf_counter()
    now = await fill(url, size)
    lines = [f"{size}: filled in {time.perf_counter() - began:.0f} s", *await sizes(url)]
    found = await recorded(url, size, now)
    return [*lines, *_plans(found), *(await pruned(url, days=3)).lines()]


def _plans(found: list[Explained]) -> list[str]:
    """Return the findings, and the statements that read most."""
    unique = {each.statement: each for each in sorted(found, key=lambda each: each.pages)}
    slowest = sorted(unique.values(), key=lambda each: -each.pages)[:_SLOWEST]
    return [
        f"{len(unique)} statements, {len(found)} plans",
        *(f"SCAN {each}" for each in full_scans(found, at_most=ROWS_AT_MOST)),
        *(f"READ {each}" for each in long_reads(found, pages=PAGES_AT_MOST)),
        *(f"  {each.pages:7} pages {each.ms:7.1f} ms  {each.area}: {each.head}" for each in slowest),
    ]


def churn(made: Bench) -> list[str]:
    """Let rows pass through the queues, without and with the settings that are recommended."""
    rows = made.scaled(500_000, 5_000)
    plain, tuned = (asyncio.run(churned(made.new_postgres(), rows, tuned=each)) for each in (False, True))
    return [*plain.lines("initial settings"), *tuned.lines("recommended settings")]


PARTS: Mapping[str, Callable[[Bench], list[str]]] = {"cost": cost, "workers": workers, "large": large, "churn": churn}


def main(arguments: list[str] | None = None) -> int:
    """Print the figures of each part."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.scale", description="Figures of large installations.")
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all where none is named")
    parser.add_argument("--rounds", type=int, default=3, help="of which the median is taken")
    parser.add_argument("--quick", action="store_true", help="a smoke run: whether everything works, no more")
    options = parser.parse_args(arguments)
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"no part {', '.join(sorted(unknown))}")
    os.sched_setaffinity(0, AROUND)
    with (
        tempfile.TemporaryDirectory(prefix="chatsync-scale-") as folder,
        bench(Path(folder), rounds=options.rounds, quick=options.quick, with_postgres=True) as made,
    ):
        for name in options.parts or PARTS:
            began = time.monotonic()
            made.set_world()
            lines = PARTS[name](made)
            say(f"{name}: {time.monotonic() - began:.0f} s", *lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
