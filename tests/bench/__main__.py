"""Run the bench: `uv run python -m tests.bench [part …] [--rounds N] [--quick]`, or `compare <commit>`."""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.bench.bars import Row, table
from tests.bench.bench import Bench, Report, bench
from tests.bench.child import AROUND
from tests.bench.compare import main as compare
from tests.bench.parts.beside import beside
from tests.bench.parts.cards import cards
from tests.bench.parts.fair import fair
from tests.bench.parts.inbound import inbound
from tests.bench.parts.memory import memory
from tests.bench.parts.morning import morning
from tests.bench.parts.pace import pace
from tests.bench.parts.pane import pane
from tests.bench.parts.post_room import post_room
from tests.bench.parts.posting import posting
from tests.bench.parts.start import start
from tests.bench.parts.store import store
from tests.bench.parts.suggest import suggest
from tests.bench.parts.sync import sync

PARTS: Mapping[str, Callable[[Bench], Report]] = {
    "inbound": inbound,
    "posting": posting,
    "post-room": post_room,
    "beside": beside,
    "fair": fair,
    "cards": cards,
    "memory": memory,
    "store": store,
    "pace": pace,
    "morning": morning,
    "pane": pane,
    "start": start,
    "suggest": suggest,
    "sync": sync,
}
QUICK = ("inbound", "posting", "post-room", "start")
"""Parts of a smoke run if none is named: less than a minute on a quiet machine."""
ROUNDS = 3


def main(arguments: list[str] | None = None) -> int:
    """Print the figures of each part, and a table of all rows at the end."""
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == ["compare"]:
        return compare(given[1:])
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Ratios of the product to its limits.")
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all where none is named")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="of which the median is taken")
    parser.add_argument("--quick", action="store_true", help="a smoke run: whether everything works, no more")
    options = parser.parse_args(given)
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"no part {', '.join(sorted(unknown))}")
    parts = options.parts or list(QUICK if options.quick else PARTS)
    os.sched_setaffinity(0, AROUND)
    rows = measured(parts, rounds=1 if options.quick else options.rounds, quick=options.quick)
    say("\n" + table(rows))
    return 0


def measured(parts: list[str], *, rounds: int, quick: bool) -> list[Row]:
    """Measure the rows of these parts."""
    rows: list[Row] = []
    with (
        tempfile.TemporaryDirectory(prefix="chatsync-bench-") as folder,
        bench(Path(folder), rounds=rounds, quick=quick, with_postgres=set(parts) != {"inbound"}) as made,
    ):
        for name in parts:
            began = time.monotonic()
            made.set_world()  # removes the settings of the previous part
            report = PARTS[name](made)
            rows += report.rows
            say(f"{name}: {time.monotonic() - began:.0f} s", *report.figures)
    return rows


def say(*lines: str) -> None:
    """Print at once, because a run takes minutes."""
    sys.stdout.write("\n".join([*lines, ""]))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
