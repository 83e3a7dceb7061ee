"""Eight hours of random traffic and faults on a fast clock: memory, tables, file handles, and tasks stay flat."""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.store.engine import Engines
from tests.process.load import Figures
from tests.process.soak.day import Day
from tests.process.soak.fast_clock import FastClock
from tests.process.soak.faults import Faults
from tests.process.soak.gauges import Reading, after_and_last, read
from tests.process.soak.traffic import ACTS, WALKERS, Traffic

HOURS, WARM_UP = 8, 3
SPEED = 120.0
"""Eight hours take four minutes."""
HALF_S = 1800 / SPEED
ROLES = {"postgresql": {"web": "web", "worker": "worker", "restarted": "worker"}, "sqlite": {"web": "all"}}
RESTARTED = "restarted"
"""The process that is killed and started again each hour. It begins with an empty memory, so it is not judged."""
SETTLED_S = 2.0
"""Time without traffic before the gauges are read."""
MORE_MEMORY, MORE_BLOCKS, MORE_ROWS = 1.04, 1.03, 1.5
"""The most that the last hours may hold, compared with the hours after the warm-up."""
SOME, SOME_ROWS, SOME_FILES_KB = 15, 40, 30_000
"""Things that come and go: handles and tasks, rows of a table, and the sandbox's file between two compactions."""
KEPT = frozenset({"connection", "setting_change"})
"""Tables whose rows are kept permanently, as the history of records and of settings."""

pytestmark = [pytest.mark.full, pytest.mark.alone, pytest.mark.timeout(1_200)]


@pytest.mark.databases("postgresql")
async def test_nothing_grows_in_eight_hours_of_traffic_and_faults(
    database_folder: Path,
    engines: Engines,
    database_url: str,
    capsys: pytest.CaptureFixture[str],
    record_testsuite_property: Figures,
) -> None:
    start = time.time()
    readings: list[Reading] = []

    def report(line: str) -> None:
        record_testsuite_property(f"hour {len(readings)}", line)
        with capsys.disabled():
            sys.stdout.write(f"\nhour {len(readings)}: {line}")
            sys.stdout.flush()

    async with ClientSession() as session:
        clock = FastClock(start, SPEED)
        day = Day(database_folder, database_url, session, clock, (str(start), str(SPEED)))
        try:
            await day.start(ROLES[engines.writing.url.get_backend_name()])
            await day.prepare()
            acts = await spend(day, engines, readings, report)
        finally:
            day.end()
    require_all_acts(acts)
    require_flat(readings)


async def spend(
    day: Day, engines: Engines, readings: list[Reading], report: Callable[[str], None]
) -> Counter[tuple[str, bool]]:
    """Let the hours pass, and add a reading at the end of each; return the acts."""
    traffic = Traffic(day)
    faults = Faults(day, engines, RESTARTED if RESTARTED in day.processes else None, traffic.open)
    acts: Counter[tuple[str, bool]] = Counter()
    async with asyncio.TaskGroup() as group:
        running = [group.create_task(traffic.walk(number)) for number in range(WALKERS)]
        running.append(group.create_task(faults.run()))
        for _ in range(HOURS):
            await _hour(traffic, faults)
            readings.append(await read(day, engines))
            of_hour = traffic.taken()
            acts += of_hour
            report(f"{readings[-1]}; acts {of_hour.total()}; faults {faults.taken().total()}")
        for each in running:
            each.cancel()
    return acts


async def _hour(traffic: Traffic, faults: Faults) -> None:
    traffic.open.set()
    await asyncio.sleep(HALF_S)
    await faults.kill()
    await asyncio.sleep(HALF_S)
    await traffic.pause()
    await traffic.day.clean_up()
    await asyncio.sleep(SETTLED_S)


def require_all_acts(acts: Counter[tuple[str, bool]]) -> None:
    """Check that the systems answered: each kind of act succeeded many times."""
    for act in ACTS:
        assert acts[act.__name__, True] >= HOURS, act.__name__


def require_flat(readings: Sequence[Reading]) -> None:
    """Check that nothing grew from the hours after the warm-up to the last ones."""
    judged = [name for name in readings[0].processes if name != RESTARTED]
    for name in judged:
        held = [each.processes[name] for each in readings]
        _require(f"memory of {name}", [each.memory_mb for each in held], MORE_MEMORY, 0)
        _require(f"blocks of {name}", [each.blocks for each in held], MORE_BLOCKS, 0)
        _require(f"file handles of {name}", [each.files for each in held], 1, SOME)
        _require(f"tasks of {name}", [each.tasks for each in held], 1, SOME)
        _require(f"files of {name}", [each.kept for each in held], 1, 0)
        assert max(each.kept_kb for each in held) < SOME_FILES_KB
    for table in readings[0].rows.keys() - KEPT:
        _require(f"rows of {table}", [each.rows[table] for each in readings], MORE_ROWS, SOME_ROWS)


def _require(what: str, values: Sequence[float], most: float, some: float) -> None:
    after, last = after_and_last(values, WARM_UP)
    assert last <= after * most + some, f"{what}: {values}"
