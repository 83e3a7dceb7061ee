"""Bar 14: lookups in large stores, and the query plans of the databases."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from statistics import median

from tests.bench.bars import Row, ratio
from tests.bench.bench import Bench, Report
from tests.bench.child import module, result_of
from tests.bench.filled import fill
from tests.bench.plans import full_scans

_NO_POSTGRES = "PostgreSQL is not here"
Found = dict[int, list[dict[str, float]]]


def store(bench: Bench) -> Report:
    """Fill stores of each size, and query them in turn."""
    report = Report()
    _add(report, bench, "SQLite", "")
    if bench.postgres:
        _add(report, bench, "PostgreSQL", " pg")
    else:
        report.rows += [Row(f"14 {each} pg", None, _NO_POSTGRES) for each in ("chat", "record", "scans")]
    return report


def _add(report: Report, bench: Bench, name: str, suffix: str) -> None:
    sizes = (1000, 10_000) if bench.quick else (1000, 100_000, 1_000_000)
    found = _looked_up(bench, [(size, _database(bench, suffix)) for size in sizes])
    for by in ("chat", "record"):
        us = {size: [each[by] for each in rounds] for size, rounds in found.items()}
        report.rows.append(Row(f"14 {by}{suffix}", ratio(us[sizes[-1]], us[sizes[0]])))
        figures = "  ".join(f"{size}: {median(each):.0f} µs" for size, each in us.items())
        report.figures.append(f"{name:12} by {by:7} {figures}")
    scans = _scans(bench, suffix)
    report.rows.append(Row(f"14 scans{suffix}", len(scans)))
    report.figures += scans


def _database(bench: Bench, suffix: str) -> str:
    return bench.new_postgres() if suffix else bench.sqlite()


def _looked_up(bench: Bench, databases: Sequence[tuple[int, str]]) -> Found:
    found: Found = defaultdict(list)
    for size, url in databases:
        asyncio.run(fill(url, size))
    for _ in range(bench.rounds):
        for size, url in databases:
            command = module("sides.lookups", url, str(size), str(bench.scaled(800, 100)))
            found[size].append(result_of(command, bench.folder, {}))
    return found


def _scans(bench: Bench, suffix: str) -> list[str]:
    url = _database(bench, suffix)

    async def run() -> list[str]:
        await fill(url, 20_000, history=True)
        return await full_scans(url)

    return asyncio.run(run())
