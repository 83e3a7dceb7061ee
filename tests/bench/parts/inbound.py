"""Bars 1 to 4: link answers and replies, with token checks."""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median

from tests.bench.bars import Row, ratio
from tests.bench.bench import Bench, Report
from tests.bench.child import Child, ask, module, started
from tests.bench.load import apply_load, request
from tests.bench.samples import LINKS, link_query, message, row_id
from tests.bench.sides import javascript

LINK, MESSAGE, LINK_HTTP = "link", "message", "link, Dataverse over HTTP"
_EXPECTED = {LINK: b"Pump", MESSAGE: b"HTTP/1.1 20", LINK_HTTP: b"AdaptiveCard"}
_WHY_NO_JS = "Node.js or its package botbuilder is not here"


@dataclass(frozen=True, slots=True)
class Figure:
    """The result of a side in one round."""

    rate: float
    cpu_ms: float
    p50_ms: float
    p99_ms: float


Figures = dict[tuple[str, str], list[Figure]]


def inbound(bench: Bench) -> Report:
    """Run the rounds: every side in turn, under every kind of load."""
    figures: Figures = defaultdict(list)
    with ExitStack() as stack:
        sides = _sides(bench, stack)
        loads = {kind: _requests(bench, kind) for kind in (LINK, MESSAGE, LINK_HTTP)}
        for number in range(-bench.warm_up, bench.rounds):
            for side, (child, kinds) in sides.items():
                for kind in kinds:
                    figure = _figure(bench, child, kind, loads[kind])
                    # Rounds below zero are warm-up.
                    if number >= 0:
                        figures[side, kind].append(figure)
    return Report(rows=_rows(figures), figures=_lines(figures))


def _sides(bench: Bench, stack: ExitStack) -> dict[str, tuple[Child, Sequence[str]]]:
    def side(command: list[str], environment: dict[str, str]) -> Child:
        return stack.enter_context(started(command, bench.folder, environment))

    door, over_http = (LINK, MESSAGE), (LINK_HTTP,)
    sides: dict[str, tuple[Child, Sequence[str]]] = {
        "stock CloudAdapter": (side(module("sides.stock", "cloud"), bench.side()), door),
        "BotFrameworkAdapter": (side(module("sides.stock", "older"), bench.side()), door),
        "ours": (side(module("sides.ours", "--memory"), bench.signed_in(bench.sqlite())), door),
        "bare aiohttp": (side(module("sides.bare"), bench.side()), door),
        "ours, HTTP": (side(module("sides.ours"), bench.signed_in(bench.sqlite())), over_http),
        "bare aiohttp, HTTP": (side(module("sides.bare", "http"), bench.side()), over_http),
    }
    script = javascript.command()
    if script:
        known = javascript.known(bench.certificates.certificate, f"{bench.dataverse_url}/main.aspx?id={row_id(0)}")
        sides["JavaScript's botbuilder"] = (side(script, {**bench.side(), **known}), door)
    for child, _ in sides.values():
        child.wait_until_ready()
    return sides


def _requests(bench: Bench, kind: str) -> Sequence[bytes]:
    url, links = bench.service_url, bench.dataverse_url
    if kind == MESSAGE:
        bodies = [message(url, number) for number in range(LINKS)]
    elif kind == LINK:
        bodies = [link_query(url, links, number) for number in range(LINKS)]
    else:
        bodies = [link_query(url, links, number, row) for number, row in enumerate(cases(bench))]
    return [request("/api/messages", body, bench.authorization) for body in bodies]


def cases(bench: Bench) -> Sequence[str]:
    """Return the IDs of the sandbox's cases."""
    _, found = ask(bench.world.port, "GET", "/sandbox/api/data/v9.2/incidents?$select=incidentid")
    return [row["incidentid"] for row in found["value"]][:LINKS]


def _figure(bench: Bench, child: Child, kind: str, requests: Sequence[bytes]) -> Figure:
    bench.set_world()
    before = child.cpu_s()
    load = apply_load(child, requests, seconds=bench.seconds, expected=_EXPECTED[kind])
    cpu_ms = 1000 * (child.cpu_s() - before) / len(load.latencies)
    if kind == MESSAGE and bench.seen()["posts"] < len(load.latencies):
        raise RuntimeError("some messages were not answered in the chat")
    return Figure(load.rate, cpu_ms, load.ms(0.5), load.ms(0.99))


def _rows(figures: Figures) -> list[Row]:
    def rates(side: str, kind: str) -> list[float]:
        return [each.rate for each in figures[side, kind]]

    def row(number: str, kind: str, theirs: str, ours: str = "ours") -> Row:
        mine, other = figures[ours, kind], figures[theirs, kind]
        by_cpu = ratio([each.cpu_ms for each in other], [each.cpu_ms for each in mine])
        return Row(number, ratio(rates(ours, kind), rates(theirs, kind)), f"by CPU {by_cpu:.3g}x")

    def cpu(number: str, kind: str, theirs: str) -> Row:
        if (theirs, kind) not in figures:
            return Row(number, None, _WHY_NO_JS)
        mine, other = figures["ours", kind], figures[theirs, kind]
        return Row(number, ratio([each.cpu_ms for each in mine], [each.cpu_ms for each in other]))

    return [
        row("1", LINK, "stock CloudAdapter"),
        row("2", LINK, "bare aiohttp"),
        row("2 http", LINK_HTTP, "bare aiohttp, HTTP", "ours, HTTP"),
        row("3 stock", MESSAGE, "stock CloudAdapter"),
        row("3 bare", MESSAGE, "bare aiohttp"),
        cpu("4 link", LINK, "BotFrameworkAdapter"),
        cpu("4 message", MESSAGE, "BotFrameworkAdapter"),
        cpu("4 link js", LINK, "JavaScript's botbuilder"),
        cpu("4 message js", MESSAGE, "JavaScript's botbuilder"),
    ]


def _lines(figures: Figures) -> list[str]:
    lines = []
    for (side, kind), each in figures.items():
        rate, cpu = median(one.rate for one in each), median(one.cpu_ms for one in each)
        p50, p99 = median(one.p50_ms for one in each), median(one.p99_ms for one in each)
        use = rate * cpu / 10
        lines.append(
            f"{side:24} {kind:26} {rate:7.0f} req/s  CPU {cpu:6.3f} ms ({use:3.0f} % of a core)"
            f"  p50 {p50:6.1f} ms  p99 {p99:6.1f} ms"
        )
    return lines
