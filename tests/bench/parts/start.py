"""Bar 20: how long a process takes from its start to its first link answer."""

import sys
import time
from statistics import median

from tests.bench.bars import Row, ratio
from tests.bench.bench import Bench, Report
from tests.bench.child import ROOT, Child, ask, module, running
from tests.bench.parts.inbound import cases
from tests.bench.samples import link_query


def start(bench: Bench) -> Report:
    """Runs the rounds, on a database that an earlier start has made."""
    bench.set_world()
    url = bench.sqlite()
    ours, settings = [sys.executable, str(ROOT / "app.py")], bench.signed_in(url)
    with running(ours, bench.folder, settings):
        pass
    seconds: dict[str, list[float]] = {"ours": [], "bare aiohttp": []}
    for _ in range(bench.rounds):
        seconds["ours"].append(_to_first_answer(bench, ours, settings))
        seconds["bare aiohttp"].append(_to_first_answer(bench, module("sides.bare", "http"), bench.side()))
    lines = [f"{name:24} {median(found):5.2f} s" for name, found in seconds.items()]
    return Report(rows=[Row("20", ratio(seconds["ours"], seconds["bare aiohttp"]))], figures=lines)


def _to_first_answer(bench: Bench, command: list[str], settings: dict[str, str]) -> float:
    body = link_query(bench.service_url, bench.dataverse_url, 0, cases(bench)[0])
    began = time.perf_counter()
    child = Child(command, bench.folder, settings, pinned=True)
    try:
        while not _answers(bench, child, body):
            if time.perf_counter() > began + 60:
                raise RuntimeError(child.last_words())
            time.sleep(0.005)
        return time.perf_counter() - began
    finally:
        child.stop()


def _answers(bench: Bench, child: Child, body: object) -> bool:
    try:
        status, found = ask(child.port, "POST", "/api/messages", body, Authorization=bench.authorization)
    except OSError:
        return False
    return status == 200 and bool(found["composeExtension"]["attachments"])
