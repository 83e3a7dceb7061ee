"""The costs of a change, a message, and a pasted link: CPU, rows, bytes, and requests to other systems."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import ClientSession
from sqlalchemy import text

from tests.bench.bench import WEBHOOK_KEY, Bench
from tests.bench.child import AROUND, MEASURED, Child, ask, module, started
from tests.bench.kept import open_store
from tests.bench.paced import call_at_rate
from tests.bench.parts.events import case_event, connect, somebody
from tests.bench.samples import link_query, message

_PER_S = 25
_WINDOW_S = 0.1
_SIZES = "SELECT relname, pg_total_relation_size(relid) AS bytes FROM pg_stat_user_tables"
_ROWS = "SELECT count(*) FROM {}"
_PENDING = "SELECT 1 FROM inbox WHERE state = 'waiting' UNION ALL SELECT 1 FROM outbox WHERE state = 'waiting'"
_LEAST = 0.005
_SYSTEMS = {"Dataverse": "dataverse", "Graph": "graph", "Teams": "posts"}
_PROCESSES = ("web", "worker", "database")
_WRITTEN = ("decision", "inbox", "outbox", "post", "field_value", "told_change", "audit", "posted_card", "lane")


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of one piece of work."""

    name: str
    cpu_ms: Mapping[str, float]
    requests: Mapping[str, float]
    bytes_: float
    rows: Mapping[str, float]

    def line(self) -> str:
        """Return the cost in a line."""
        rows = {table: each for table, each in self.rows.items() if each >= _LEAST}
        parts = {"CPU ms": self.cpu_ms, "requests": self.requests, f"{self.bytes_:.0f} bytes, rows": rows}
        shown = [f"{part}: {', '.join(f'{key} {each:.2f}' for key, each in of.items())}" for part, of in parts.items()]
        return f"{self.name:8} {'; '.join(shown)}"


def cost(bench: Bench) -> list[str]:
    """Measure with one web process and one worker on PostgreSQL."""
    count = bench.scaled(150, 10)
    records, url = create_cases(bench, count), bench.new_postgres()
    bench.set_world()
    asyncio.run(connect(bench, url, records))
    settings = bench.settings(url, CHATSYNC_COALESCE_S=str(_WINDOW_S), CHATSYNC_GRAPH_URL=bench.graph_url)
    with ExitStack() as stack:
        web, worker = (_started(bench, stack, settings, role) for role in ("web", "worker"))
        for each in (web, worker):
            each.wait_until_ready()
        start = f"memory after the start: web {web.memory_mb():.0f} MB, worker {worker.memory_mb():.0f} MB"
        meter = Meter(bench, url, web, worker)
        meter.measure("warm-up", count, _events(bench, web, records, 0))
        found = [
            meter.measure("change", 3 * count, _events(bench, web, records, 1)),
            meter.measure(
                "message", count, _posts(web, [message(bench.plain_url, each) for each in range(count)], 201)
            ),
            meter.measure("link", count, _posts(web, _links(bench, records), 200)),
        ]
        end = f"memory at the end: web {web.memory_mb():.0f} MB, worker {worker.memory_mb():.0f} MB"
        return [start, *(each.line() for each in found), end, meter.idle(bench.scaled(20, 1))]


@dataclass(frozen=True, slots=True)
class Meter:
    """Reads what the processes and the database used."""

    bench: Bench
    url: str
    web: Child
    worker: Child

    def measure(self, name: str, count: int, work: Callable[[], Coroutine[Any, Any, None]]) -> Cost:
        """Measure the work, until nothing is pending and a second has passed."""
        self.bench.set_world()
        before, first = asyncio.run(self._stored()), self._cpu()
        asyncio.run(work())
        asyncio.run(self._until_done())
        time.sleep(1)
        last, after, seen = self._cpu(), asyncio.run(self._stored()), self.bench.seen()
        used = {key: (value - before[key]) / count for key, value in after.items()}
        rows = {each: used[each] for each in _WRITTEN}
        cpu_ms = {each: 1000 * (last[each] - first[each]) / count for each in _PROCESSES}
        requests = {system: seen[each] / count for system, each in _SYSTEMS.items()}
        return Cost(name, cpu_ms, requests, used["bytes"], rows)

    async def _until_done(self) -> None:
        """Wait until nothing is pending. Events that are processed late share a card, so cards are not counted."""
        pending = text(_PENDING)
        async with open_store(self.url) as (_, engines):
            while True:
                async with engines.reading.connect() as connection:
                    if (await connection.execute(pending)).first() is None:
                        return
                await asyncio.sleep(0.1)

    def idle(self, seconds: int) -> str:
        """Return the share of a core that everything uses if nothing happens."""
        before = self._cpu()
        time.sleep(seconds)
        after = self._cpu()
        used = {each: 100 * (after[each] - before[each]) / seconds for each in _PROCESSES}
        return f"idle: {', '.join(f'{name} {each:.2f} %' for name, each in used.items())} of a core"

    def _cpu(self) -> dict[str, float]:
        return {"web": self.web.cpu_s(), "worker": self.worker.cpu_s(), "database": database_cpu_s(self.bench)}

    async def _stored(self) -> dict[str, float]:
        async with open_store(self.url) as (_, engines), engines.reading.connect() as connection:
            sizes = (await connection.execute(text(_SIZES))).all()
            counts = [text(_ROWS.format(each)) for each in _WRITTEN]
            rows = [float((await connection.execute(each)).scalar_one()) for each in counts]
        return {**dict(zip(_WRITTEN, rows, strict=True)), "bytes": float(sum(row.bytes for row in sizes))}


def create_cases(bench: Bench, count: int) -> Sequence[str]:
    """Create cases in the sandbox's Dataverse, and return the IDs of all."""
    api = "/sandbox/api/data/v9.2"
    _, accounts = ask(bench.world.port, "GET", f"{api}/accounts?$select=accountid&$top=1")
    customer = f"/accounts({accounts['value'][0]['accountid']})"
    for number in range(count):
        body = {"title": f"Bench {number}", "prioritycode": 2, "customerid_account@odata.bind": customer}
        status, _ = ask(bench.world.port, "POST", f"{api}/incidents", body)
        assert status == 204, status
    where = "$filter=startswith(title,'Bench')&$select=incidentid".replace(" ", "%20")
    _, found = ask(bench.world.port, "GET", f"{api}/incidents?{where}")
    return [row["incidentid"] for row in found["value"]][:count]


def database_cpu_s(bench: Bench) -> float:
    """Return the seconds of CPU of all processes of the cluster so far."""
    assert bench.postgres
    main = int((bench.postgres._folder / "data" / "postmaster.pid").read_text().split("\n", maxsplit=1)[0])
    spent = 0
    for each in Path("/proc").glob("[0-9]*/stat"):
        fields = _fields(each)
        if fields and (int(fields[1]) == main or each.parent.name == str(main)):
            # The main process has the time of those that ended.
            spent += sum(map(int, fields[11:15] if each.parent.name == str(main) else fields[11:13]))
    return spent / 100


def _fields(stat: Path) -> list[str]:
    try:
        return stat.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return []


def _events(bench: Bench, web: Child, records: Sequence[str], first: int) -> Callable[[], Coroutine[Any, Any, None]]:
    user, url = somebody(bench), f"http://127.0.0.1:{web.port}/api/dataverse/events?code={WEBHOOK_KEY}"
    rounds = 1 if first == 0 else 3

    async def run() -> None:
        async with ClientSession() as session:

            async def tell(number: int) -> None:
                body = case_event(records[number % len(records)], 1 + (first + number // len(records)) % 3, user)
                async with session.post(url, json=body) as answer:
                    assert answer.status == 202, await answer.text()

            await call_at_rate(tell, per_s=_PER_S, count=rounds * len(records))

    return run


def _started(bench: Bench, stack: ExitStack, settings: Mapping[str, str], role: str) -> Child:
    command, cores = module("sides.ours", "--without-search"), MEASURED if role == "web" else AROUND
    return stack.enter_context(started(command, bench.folder, {**settings, "CHATSYNC_ROLE": role}, cores=cores))


def _links(bench: Bench, records: Sequence[str]) -> Sequence[Mapping[str, Any]]:
    return [link_query(bench.plain_url, bench.dataverse_url, number, row) for number, row in enumerate(records)]


def _posts(web: Child, bodies: Sequence[Mapping[str, Any]], status: int) -> Callable[[], Coroutine[Any, Any, None]]:
    url = f"http://127.0.0.1:{web.port}/api/messages"

    async def run() -> None:
        async with ClientSession() as session:

            async def send(number: int) -> None:
                async with session.post(url, json=bodies[number]) as answer:
                    assert answer.status == status, await answer.text()

            await call_at_rate(send, per_s=_PER_S, count=len(bodies))

    return run
