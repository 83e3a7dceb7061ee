"""Gauges of the processes and of the database at the end of an hour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import sysconf
from pathlib import Path
from statistics import mean

from sqlalchemy import func, select

from bot.store.engine import Engines
from bot.store.tables import metadata
from tests.process.soak.day import Day
from tests.process.soak.program import GAUGES

_MB = 1_000_000
_COMPARED = 2
"""Number of hours after the warm-up, and at the end, whose means are compared."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """Gauges of one process."""

    memory_mb: float
    """Resident memory."""
    blocks: int
    """Blocks of memory that Python has allocated, after a collection."""
    files: int
    """Open file handles, including connections."""
    tasks: int
    kept_kb: float
    """Size of the files in its folder, including temporary ones."""
    kept: int
    """Number of these files."""

    def __str__(self) -> str:
        memory = f"{self.memory_mb:.1f} MB, {self.blocks:,} blocks"
        return f"{memory}, {self.files} handles, {self.tasks} tasks, {self.kept_kb:,.0f} kB in files"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """All gauges at the end of an hour."""

    processes: Mapping[str, Held]
    rows: Mapping[str, int]
    """Rows by table."""

    def __str__(self) -> str:
        """Return one line."""
        processes = "; ".join(f"{name} {held}" for name, held in self.processes.items())
        return f"{processes}; {sum(self.rows.values()):,} rows"


async def read(day: Day, engines: Engines) -> Reading:
    processes = {name: await _held(day, name) for name in day.processes}
    return Reading(processes=processes, rows=await _rows(engines))


async def _held(day: Day, name: str) -> Held:
    process = day.processes[name]
    _, counted = await day.send("GET", f"{process.url}{GAUGES}")
    return _held_by(Path(f"/proc/{day.pid(name)}"), process.folder, counted)


def _held_by(system: Path, folder: Path, counted: Mapping[str, int]) -> Held:
    kept = [each for each in folder.rglob("*") if each.is_file() and each.name != "log"]
    pages = int((system / "statm").read_text(encoding="ascii").split()[1])
    return Held(
        memory_mb=pages * sysconf("SC_PAGE_SIZE") / _MB,
        files=sum(1 for _ in (system / "fd").iterdir()),
        kept=len(kept),
        kept_kb=sum(each.stat().st_size for each in kept) / 1_000,
        **counted,
    )


async def _rows(engines: Engines) -> Mapping[str, int]:
    found = {}
    async with engines.reading.connect() as connection:
        for table in metadata.sorted_tables:
            found[table.name] = (await connection.execute(select(func.count()).select_from(table))).scalar_one()
    return found


def after_and_last(values: Sequence[float], warm_up: int) -> tuple[float, float]:
    """Return the means of the hours that follow the warm-up, and of the last ones."""
    return mean(values[warm_up : warm_up + _COMPARED]), mean(values[-_COMPARED:])
