"""Compare the speed of two commits: `python -m tests.bench compare <commit> [<commit>]`. See `docs/performance.md`."""

import argparse
import compileall
import contextlib
import io
import math
import os
import re
import signal
import subprocess
import sys
import tarfile
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.bench import method
from tests.bench.bars import shown
from tests.bench.child import ROOT

MADE_BY: Mapping[str, Sequence[str]] = {
    "inbound": ("1", "2", "3", "4"),
    "posting": ("5", "9", "10"),
    "post-room": ("6", "7", "8", "15"),
    "beside": ("11", "12"),
    "fair": ("23",),
    "cards": ("cards",),
    "memory": ("13",),
    "store": ("14",),
    "pace": ("18", "19"),
    "morning": ("21",),
    "pane": ("22",),
    "start": ("20",),
    "suggest": ("similar",),
    "sync": ("sync",),
}
"""The first word of each row, by the part that measures it."""
WITH_ONE_REFERENCE = ("inbound", "start")
"""Parts that run the product and its references as separate processes, so that each can be of another commit."""
ROUNDS = 5
_LINE = re.compile(
    r"\| (?P<row>[^|]+) \| [^|]* \| (?P<sign>[≥≤]) [^|]*\|[^|]*\| (?P<figure>[^|]*) \| (?P<remark>[^|]*) \|"
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?")
_BY_CPU = re.compile(r"by CPU (\S+)x")


@dataclass(frozen=True, slots=True)
class Reading:
    """One row of a bench table: its figure, and the same figure in CPU time if the table has it."""

    more_is_better: bool
    figure: float
    by_cpu: float | None = None


Readings = Mapping[str, Reading]
"""The rows of one run, by name; a skipped row is absent."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A row of both commits. Ratios are above 1 if the second commit is better."""

    row: str
    before: float | None
    after: float | None
    ratio: float | None
    by_cpu: float | None = None
    lowest: float | None = None
    highest: float | None = None
    changed: Sequence[str] = ()
    """The bench sources of the row that differ: its figures may not be of the same work."""


def main(arguments: Sequence[str]) -> int:
    """Run both commits in turn and print a ratio for each row."""
    options = _options(arguments)
    with ExitStack() as stack:
        stack.enter_context(interruptible())
        checkouts = [stack.enter_context(checked_out(options.commit)), stack.enter_context(checked_out(options.other))]
        for checkout in checkouts:
            _compile(checkout)
        _print(table(()))
        for part in parts_of(options.rows):
            benches = [ROOT, ROOT] if options.one_reference and part in WITH_ONE_REFERENCE else checkouts
            for each in _compared(checkouts, benches, part, options.rounds):
                if _wanted(each.row, options.rows):
                    _print(line(each))
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench compare", description="Ratios of two commits.")
    parser.add_argument("commit", help="the commit to compare with")
    parser.add_argument("other", nargs="?", help="the compared commit; the working tree by default")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"rounds of each commit; {ROUNDS} by default")
    parser.add_argument("--rows", nargs="+", default=[], metavar="ROW", help="such as 2, '3 bare', or cards")
    parser.add_argument(
        "--one-reference",
        action="store_true",
        help="compare both commits with the references of the working tree, in rows 1 to 4 and 20",
    )
    options = parser.parse_args(arguments)
    if unknown := [each for each in options.rows if not parts_of([each])]:
        parser.error(f"Unknown row: {', '.join(unknown)}. Use a name of the first column of docs/performance.md.")
    return options


def parts_of(rows: Sequence[str]) -> Sequence[str]:
    """Return the parts that measure these rows; all parts if no row is named."""
    named = {row.split(maxsplit=1)[0] for row in rows}
    return [part for part, made in MADE_BY.items() if not rows or named.intersection(made)]


def _wanted(row: str, rows: Sequence[str]) -> bool:
    return not rows or row in rows or row.split(maxsplit=1)[0] in rows


@contextmanager
def interruptible() -> Iterator[None]:
    """Unwind on SIGTERM as on Ctrl+C, so that checkouts and processes do not stay behind."""
    before = {each: signal.signal(each, signal.default_int_handler) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@contextmanager
def checked_out(commit: str | None) -> Iterator[Path]:
    """Yield a temporary copy of the commit, or the working tree if it is None."""
    with tempfile.TemporaryDirectory(prefix="chatsync-compare-") as folder:
        checkout = Path(folder) if commit else ROOT
        if commit:
            archive = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
            with tarfile.open(fileobj=io.BytesIO(archive)) as files:
                files.extractall(checkout, filter="data")
        yield checkout


def _compile(checkout: Path) -> None:
    """Compile all modules: cold starts are compared too, and neither commit must pay for it in a round."""
    for each in ("bot", "cards", "manifest", "tests"):
        compileall.compile_dir(checkout / each, quiet=1)


def _compared(checkouts: Sequence[Path], benches: Sequence[Path], part: str, rounds: int) -> Sequence[Comparison]:
    """Compare the products in the checkouts. `benches`: the checkouts of their bench programs."""
    runs: list[list[Readings]] = [[], []]
    for number in range(rounds):
        for checkout, bench, readings in zip(checkouts, benches, runs, strict=True):
            readings.append(_run(checkout, bench, part))
        sys.stderr.write(f"{part}: round {number + 1} of {rounds}\n")
    before, after = (method.sources(bench, part) for bench in benches)
    return compare(runs[0], runs[1], method.changed(before, after))


def _run(checkout: Path, bench: Path, part: str) -> Readings:
    """Run one round of a part of the bench; a part that it lacks has no rows."""
    if not (bench / method.part_file(part)).is_file():
        return {}
    command = [sys.executable, "-m", "tests.bench", part, "--rounds", "1"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment["BENCH_PRODUCT"] = str(checkout)
    with subprocess.Popen(command, cwd=bench, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            out, _ = process.communicate()
        except BaseException:
            # The bench stops its servers on an interrupt, but would leave them running on SIGTERM.
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGINT)
            process.wait(60)
            raise
    if process.returncode:
        raise RuntimeError(f"The part {part} failed in {checkout}:\n{out}")
    return readings_of(out)


def readings_of(out: str) -> Readings:
    """Parse the table that a run of the bench prints."""
    found = {}
    for line in out.splitlines():
        if (row := _LINE.match(line)) and (figure := _NUMBER.search(row["figure"])):
            by_cpu = _BY_CPU.search(row["remark"])
            found[row["row"]] = Reading(row["sign"] == "≥", float(figure[0]), float(by_cpu[1]) if by_cpu else None)
    return found


def compare(before: Sequence[Readings], after: Sequence[Readings], changed: Sequence[str]) -> Sequence[Comparison]:
    """Return a comparison of each row that any round of either commit has."""
    names = dict.fromkeys(name for round_ in [*before, *after] for name in round_)
    ours, theirs = _by_row(after), _by_row(before)
    return [_comparison(name, theirs[name], ours[name], changed) for name in names]


def _by_row(rounds: Sequence[Readings]) -> Mapping[str, Sequence[Reading]]:
    found: dict[str, list[Reading]] = defaultdict(list)
    for readings in rounds:
        for name, reading in readings.items():
            found[name].append(reading)
    return found


def _comparison(name: str, before: Sequence[Reading], after: Sequence[Reading], changed: Sequence[str]) -> Comparison:
    old, new = (median(each.figure for each in side) if side else None for side in (before, after))
    if old is None or new is None:
        return Comparison(name, old, new, None, changed=changed)
    more_is_better = after[0].more_is_better
    each_round = [gain(a.figure, b.figure, more_is_better) for a, b in zip(before, after, strict=False)]
    cpu = [[each.by_cpu for each in side if each.by_cpu is not None] for side in (before, after)]
    # The table's CPU remark is a speed ratio, so more is better in every row.
    by_cpu = gain(median(cpu[0]), median(cpu[1]), more_is_better=True) if all(cpu) else None
    ratio = gain(old, new, more_is_better)
    return Comparison(name, old, new, ratio, by_cpu, min(each_round), max(each_round), changed)


def gain(before: float, after: float, more_is_better: bool) -> float:
    """Return by how much the second figure is better than the first: above 1 if better, below 1 if worse."""
    better, worse = (after, before) if more_is_better else (before, after)
    if better == worse:
        return 1.0
    return better / worse if worse else math.inf


def table(rows: Sequence[Comparison]) -> str:
    """Format the comparisons as a Markdown table."""
    head = ["| # | before | after | ratio | by CPU | rounds | method |", "| --- | --- | --- | --- | --- | --- | --- |"]
    return "\n".join([*head, *map(line, rows)])


def line(row: Comparison) -> str:
    """Format a comparison as a row of the table."""
    figures = " | ".join(_cell(each) for each in (row.before, row.after, row.ratio, row.by_cpu))
    if row.ratio is None:
        return f"| {row.row} | {figures} | – | only in one commit |"
    rounds = f"{_cell(row.lowest)} to {_cell(row.highest)}"
    marked = f"changed: {', '.join(Path(each).name for each in row.changed)}" if row.changed else "same"
    return f"| {row.row} | {figures} | {rounds} | {marked} |"


def _cell(figure: float | None) -> str:
    if figure is None:
        return "–"
    return "∞" if figure == math.inf else shown(figure)


def _print(text: str) -> None:
    """Print at once: a part takes minutes, and the next one may be interrupted."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
