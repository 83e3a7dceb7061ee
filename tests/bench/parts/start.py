"""Bar 20: time from the start of a process to its first link answer."""

import sys
import time
from statistics import median

from tests.bench.bars import Row, ratio
from tests.bench.bench import Bench, Report
from tests.bench.child import PRODUCT, Child, ask, module, running
from tests.bench.parts.inbound import cases
from tests.bench.samples import link_query


def start(bench: Bench) -> Report:
    """Run the rounds. A first start of each side creates the database and compiles the modules."""
    bench.set_world()
    ours, settings = [sys.executable, str(PRODUCT / "app.py")], bench.signed_in(bench.sqlite())
    sides = {"ours": (ours, settings), "bare aiohttp": (module("sides.bare", "http"), bench.side())}
    for command, environment in sides.values():
        with running(command, bench.folder, environment):
            pass
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(bench.rounds):
        for name, (command, environment) in sides.items():
            seconds[name].append(_to_first_answer(bench, command, environment))
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
