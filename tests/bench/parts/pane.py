"""Bar 22: the pane beside a record with a thousand chats, and the polls of many panes."""

import asyncio
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from aiohttp import ClientSession
from sqlalchemy import text

from tests.bench.bars import Row, percentile
from tests.bench.bench import Bench, Report
from tests.bench.child import Child, module, running
from tests.bench.filled import fill
from tests.bench.kept import open_store
from tests.bench.paced import call_at_rate
from tests.bench.parts.inbound import cases
from tests.wire.people import COLLEAGUES

CHATS, PANES = 1_000, 200
POLL_EVERY_S = 30
"""Seconds between two polls of a pane, on average; see `polling.js`."""
_GRAPH_S = 0.1
_HEADERS = {"X-Chat-Sync-Host": "sandbox"}
_RECORD = """
UPDATE connection SET environment = :environment, "table" = 'incident', row_id = :row
"""
_TIME_PASSES = (
    "UPDATE open_pane SET seen_at = seen_at - 40000000",
    "UPDATE pane_session SET used_at = used_at - 50000000",
)
"""As if the views were made before: every poll stores that the pane is open, and more than half of them the session."""


@dataclass(frozen=True)
class Page:
    """A page of a person that is signed in."""

    client: ClientSession
    url: str
    token: str

    async def send(self, name: str, body: object) -> tuple[int, Any, float]:
        """Return the status, the JSON, and the seconds of the answer."""
        began = time.perf_counter()
        headers = {**_HEADERS, "Authorization": f"Bearer {self.token}"}
        async with self.client.post(f"{self.url}/{name}", json=body, headers=headers) as answer:
            content = await answer.read()
            seconds = time.perf_counter() - began
            return answer.status, (await answer.json() if content else None), seconds


def pane(bench: Bench) -> Report:
    """Run the rounds, each with a new process, because its first views find nothing in memory."""
    stored, graph, polls, cpu = [], [], [], []
    for _ in range(bench.rounds):
        url = bench.sqlite()
        asyncio.run(fill(url, CHATS))
        settings = bench.settings(url, CHATSYNC_GRAPH_URL=bench.graph_url)
        with running(module("sides.ours", "--without-search"), bench.folder, settings) as child:
            result = asyncio.run(_measure(bench, child, url))
        stored.append(result["stored"])
        graph.append(result["graph"])
        polls.append(result["polls"][0])
        cpu.append(result["cpu"][0])
    worst = [median(percentile(each, 0.95) for each in values) * 1000 for values in (stored, graph)]
    middle = [median(percentile(each, 0.5) for each in values) * 1000 for values in (stored, graph)]
    return Report(
        rows=[
            Row("22 stored", worst[0], f"median {middle[0]:.0f} ms, {1000 * median(cpu):.1f} ms of CPU"),
            Row("22 graph", worst[1], f"median {middle[1]:.0f} ms"),
            Row("22 polls", median(polls), f"{PANES / POLL_EVERY_S:.1f} polls a second"),
        ]
    )


async def _connect_all(url: str, record: dict[str, str]) -> None:
    """Connect all chats to the record."""
    async with open_store(url) as (_, engines), engines.writing.begin() as connection:
        await connection.execute(text(_RECORD), {"environment": record["environment"], "row": record["row"]})


async def _measure(bench: Bench, child: Child, url: str) -> dict[str, list[float]]:
    async with ClientSession() as client:
        address = f"http://127.0.0.1:{child.port}/pane"
        record = await _record(bench, client, address, 0)
        await _connect_all(url, record)
        bench.set_world(graph_s=_GRAPH_S)
        pages = [await _open(client, address, each.object_id) for each in COLLEAGUES]
        graph = [await _view(page, record) for page in pages]
        for _ in range(bench.scaled(8, 1)):
            graph += [await _view(page, record, renew=True) for page in pages]
        for page in pages:
            await _view(page, record, complete=True)
        before, views = child.cpu_s(), bench.scaled(40, 1)
        stored = [await _view(page, record) for _ in range(views) for page in pages]
        cpu = (child.cpu_s() - before) / len(stored)
        polls = await _polls(bench, child, client, url)
    return {"stored": stored, "graph": graph, "polls": [polls], "cpu": [cpu]}


async def _polls(bench: Bench, child: Child, client: ClientSession, url: str) -> float:
    """Return the percentage of a core that the polls of all panes take."""
    panes, every_s = bench.scaled(PANES, 4), POLL_EVERY_S if not bench.quick else 1.0
    address = f"http://127.0.0.1:{child.port}/pane"
    watches = []
    for number in range(panes):
        page = await _open(client, address, COLLEAGUES[number % len(COLLEAGUES)].object_id)
        record = await _record(bench, client, address, number % len(cases(bench)))
        status, view, _ = await page.send("view", {"record": record})
        if status == 200:
            watches.append((page, view["watch"]))
    async with open_store(url) as (_, engines), engines.writing.begin() as connection:
        for statement in _TIME_PASSES:
            await connection.execute(text(statement))

    async def poll(number: int) -> None:
        page, watch = watches[number % len(watches)]
        status, answer, _ = await page.send("poll", watch)
        if status not in {200, 204}:
            raise RuntimeError(f"{answer} {child.last_words()}")

    before, began = child.cpu_s(), time.perf_counter()
    await call_at_rate(poll, per_s=panes / every_s, count=panes)
    return 100 * (child.cpu_s() - before) / (time.perf_counter() - began)


async def _open(client: ClientSession, address: str, person: str) -> Page:
    async with client.post(f"{address}/session", json={"person": person}, headers=_HEADERS) as answer:
        return Page(client=client, url=address, token=(await answer.json())["session"])


async def _record(bench: Bench, client: ClientSession, address: str, number: int) -> dict[str, str]:
    async with client.get(f"{address}?host=sandbox") as answer:
        found = re.search(r'data-environment="([^"]+)"', await answer.text())
    assert found
    return {"environment": found[1], "table": "incident", "row": _case(bench, number)}


def _case(bench: Bench, number: int) -> str:
    rows: Sequence[str] = cases(bench)
    return rows[number]


async def _view(page: Page, record: object, **more: object) -> float:
    """Return the seconds of a view with fifty chats."""
    status, view, seconds = await page.send("view", {"record": record, **more})
    if status != 200 or len(view["sections"][0]["rows"]) != 50:
        raise RuntimeError(str(view)[:2000])
    return seconds
