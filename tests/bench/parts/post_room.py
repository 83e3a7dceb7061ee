"""Bars 6, 7, 8, and 15: cards from the outbox to Teams."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median

from tests.bench.bars import Row, ratio
from tests.bench.bench import Bench, Report
from tests.bench.child import AROUND, MEASURED, Child, module, result_of, started
from tests.bench.kept import add_chats, messages, open_store, until_acknowledged

SQLITE, ONE, TWO = "SQLite", "PostgreSQL, one worker", "PostgreSQL, two workers"
_NO_POSTGRES = "PostgreSQL is not here"
UNLIMITED = ("--unlimited", "--look-again", "0.02")
"""Other processes cannot wake SQLite's worker, so it polls often."""


@dataclass(frozen=True, slots=True)
class Figure:
    """The result of a round."""

    rate: float
    cpu_ms: float
    insert_ms: float = 0
    """CPU time to enqueue a card."""


@dataclass(frozen=True, slots=True)
class Room:
    """A database and the processes that process its outbox."""

    url: str
    workers: Sequence[Child]


def post_room(bench: Bench) -> Report:
    """Run the rounds."""
    count = bench.scaled(2000, 200)
    figures: dict[str, list[Figure]] = defaultdict(list)
    with ExitStack() as stack:
        rooms = {name: _room(bench, stack, name, count) for name in _names(bench)}
        for worker in (each for room in rooms.values() for each in room.workers):
            worker.wait_until_ready()
        for number in range(-bench.warm_up, bench.rounds):
            figures["bare"].append(_bare(bench, count))
            for name, room in rooms.items():
                figure = asyncio.run(_drained(bench, room, count))
                if number >= 0:
                    figures[name].append(figure)
    return Report(rows=_rows(figures), figures=_lines(figures))


def _names(bench: Bench) -> Sequence[str]:
    return (SQLITE, ONE, TWO) if bench.postgres else (SQLITE,)


def _room(bench: Bench, stack: ExitStack, name: str, chats: int) -> Room:
    url = bench.sqlite() if name == SQLITE else bench.new_postgres()
    asyncio.run(_with_chats(url, chats, bench.plain_url))
    settings = bench.settings(url, CHATSYNC_ROLE="all" if name == SQLITE else "worker")
    command = module("sides.ours", *UNLIMITED)
    cores = (MEASURED, AROUND) if name == TWO else (MEASURED,)
    return Room(url, [stack.enter_context(started(command, bench.folder, settings, cores=each)) for each in cores])


async def _with_chats(url: str, chats: int, service_url: str) -> None:
    async with open_store(url) as (_, engines):
        await add_chats(engines, chats, service_url)


def _bare(bench: Bench, count: int) -> Figure:
    bench.set_world()
    command = module("sides.posting", "bare", str(count), bench.plain_url)
    found = result_of(command, bench.folder, bench.side())
    return Figure(found["rate"], found["cpu_ms"])


async def _drained(bench: Bench, room: Room, count: int) -> Figure:
    """Measure from the commit of the cards until the last one is acknowledged."""
    bench.set_world()
    async with open_store(room.url) as (store, engines):
        waiting = messages(count, count)
        before, own = sum(worker.cpu_s() for worker in room.workers), time.process_time()
        async with store.writing() as work:
            await work.outbox.enqueue(waiting, at=datetime.now(UTC))
        insert_s, began = time.process_time() - own, time.perf_counter()
        while bench.seen()["posts"] < count:
            await asyncio.sleep(0.02)
        await until_acknowledged(engines)
        seconds = time.perf_counter() - began
        cpu_s = sum(worker.cpu_s() for worker in room.workers) - before
    return Figure(count / seconds, 1000 * cpu_s / count, 1000 * insert_s / count)


def _rows(figures: dict[str, list[Figure]]) -> list[Row]:
    rates = {name: [each.rate for each in found] for name, found in figures.items()}
    cpu = {name: [each.cpu_ms for each in found] for name, found in figures.items()}
    rows = [
        Row("6", ratio(rates[SQLITE], rates["bare"])),
        Row("7", ratio(cpu[SQLITE], cpu["bare"])),
        Row("15", ratio([each.insert_ms for each in figures[SQLITE]], cpu["bare"])),
    ]
    if ONE not in figures:
        return [*rows, *(Row(number, None, _NO_POSTGRES) for number in ("6 pg", "7 pg", "8"))]
    return [
        *rows,
        Row("6 pg", ratio(rates[ONE], rates["bare"])),
        Row("7 pg", ratio(cpu[ONE], cpu["bare"])),
        Row("8", ratio(rates[TWO], rates[ONE])),
    ]


def _lines(figures: dict[str, list[Figure]]) -> list[str]:
    return [
        f"{name:24} {median(each.rate for each in found):7.0f} cards/s"
        f"  CPU {median(each.cpu_ms for each in found):6.3f} ms"
        f"  put {median(each.insert_ms for each in found):6.3f} ms"
        for name, found in figures.items()
    ]
