"""Findings in plans."""

from typing import Any

from tests.bench.scale.explained import Explained, Scan, explained, full_scans, long_reads


def a_node(kind: str, rows: int, removed: int = 0, loops: int = 1, **more: Any) -> dict[str, Any]:
    counts = {"Actual Rows": rows, "Rows Removed by Filter": removed, "Actual Loops": loops}
    return {
        "Node Type": kind,
        "Relation Name": "chat",
        "Shared Hit Blocks": 3,
        "Shared Read Blocks": 4,
        **counts,
        **more,
    }


def a_plan(node: dict[str, Any]) -> Explained:
    return explained("pane", 1.5, {"Query Text": "SELECT 1", "Plan": node})


def test_rows_that_a_scan_looked_at_include_those_that_it_left_out() -> None:
    inner = a_node("Index Scan", rows=2, loops=5)
    found = a_plan(a_node("Seq Scan", rows=1, removed=99, Plans=[{"Node Type": "Hash", "Plans": [inner]}]))
    assert found.scans == (Scan("Seq Scan", "chat", 100), Scan("Index Scan", "chat", 10))
    assert found.pages == 7
    assert full_scans([found], at_most=99) == ["pane: chat: SELECT 1"]
    assert full_scans([found], at_most=100) == full_scans([found], at_most=9, except_of={"chat"}) == []
    assert long_reads([found], pages=6) == ["pane: 7 pages in 2 ms: SELECT 1"]
    assert long_reads([found], pages=7) == []


def test_a_scan_by_an_index_is_no_full_scan() -> None:
    assert full_scans([a_plan(a_node("Index Scan", rows=10_000))], at_most=9) == []
