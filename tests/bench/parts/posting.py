"""Bars 5, 9, and 10: proactive posts, and their cost for the rest of the process."""

from collections import defaultdict
from statistics import median
from typing import Any

from tests.bench.bars import Row, ratio
from tests.bench.bench import Bench, Report
from tests.bench.child import ask, module, result_of, running
from tests.bench.load import apply_load, request
from tests.bench.samples import LINKS, link_query

_SLOW_S = 0.15
"""Response time of a slow token service or key server."""


def posting(bench: Bench) -> Report:
    """Run the rounds."""
    count, loop = bench.scaled(2000, 200), bench.scaled(400, 20)
    rounds: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for _ in range(bench.rounds):
        for side in ("stock", "bare", "ours"):
            bench.set_world()
            rounds[side].append(_posts(bench, side, loop if side == "stock" else count))
        rounds["slow token"].append(_posts_with_slow_token(bench, count))
        rounds["slow keys"].append(_slow_keys(bench))
    rates = {side: [each["rate"] for each in rounds[side]] for side in ("stock", "bare", "ours")}
    return Report(rows=_rows(rounds, rates), figures=_lines(rounds, rates))


def _posts(bench: Bench, side: str, count: int, *more: str) -> dict[str, Any]:
    environment = {**bench.signed_in(bench.sqlite()), **bench.side()}
    command = module("sides.posting", side, str(count), bench.service_url, *more)
    return result_of(command, bench.folder, environment)


def _posts_with_slow_token(bench: Bench, count: int) -> dict[str, Any]:
    bench.set_world(token_s=_SLOW_S)
    found = _posts(bench, "ours", count, "tick")
    return {**found, **bench.seen()}


def _slow_keys(bench: Bench) -> dict[str, Any]:
    """Return the stall while a new process fetches the keys and callers wait."""
    bench.set_world(keys_s=_SLOW_S)
    queries = [link_query(bench.service_url, bench.dataverse_url, number) for number in range(LINKS)]
    requests = [request("/api/messages", each, bench.authorization) for each in queries]
    command = module("sides.ours", "--memory", "--ticker")
    with running(command, bench.folder, bench.signed_in(bench.sqlite())) as child:
        ask(child.port, "GET", "/_stall")
        apply_load(child, requests, seconds=2.2 * _SLOW_S, expected=b"Pump")
        return {"stall_ms": ask(child.port, "GET", "/_stall")[1]}


def _rows(rounds: dict[str, list[dict[str, Any]]], rates: dict[str, list[float]]) -> list[Row]:
    slow = rounds["slow token"]
    return [
        Row("5 stock", ratio(rates["ours"], rates["stock"])),
        Row("5 bare", ratio(rates["ours"], rates["bare"])),
        Row("9 tokens", max(each["tokens"] for each in slow)),
        Row("9 connections", max(each["connections"] for each in slow)),
        Row("10 posts", median(each["stall_ms"] for each in slow)),
        Row("10 keys", median(each["stall_ms"] for each in rounds["slow keys"])),
    ]


def _lines(rounds: dict[str, list[dict[str, Any]]], rates: dict[str, list[float]]) -> list[str]:
    return [
        f"{side:24} {median(rates[side]):7.0f} posts/s  CPU {median(each['cpu_ms'] for each in rounds[side]):6.3f} ms"
        for side in rates
    ]
