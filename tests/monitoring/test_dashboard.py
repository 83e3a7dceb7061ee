"""The dashboard shows each metric with queries that Prometheus understands, in Grafana's format."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.tools import node_modules
from tests.monitoring.dashboard import dashboard
from tests.monitoring.files import DASHBOARD_FILE
from tests.monitoring.promtool import promtool, write
from tests.monitoring.registry import Metric, registered_metrics
from tests.tiers import missing

PAGE: dict[str, Any] = json.loads(DASHBOARD_FILE.read_text(encoding="utf-8"))
PANELS = [each for each in PAGE["panels"] if each["type"] != "row"]
EXPRESSIONS = [target["expr"] for panel in PANELS for target in panel["targets"]]

COLUMNS = 24
"""Columns of Grafana's grid."""


def test_prometheus_understands_each_query(tmp_path: Path) -> None:
    assert len(EXPRESSIONS) >= len(PANELS) > 10
    rules = [
        {"record": f"panel:{index}", "expr": expression.replace("$__rate_interval", "5m")}
        for index, expression in enumerate(EXPRESSIONS)
    ]
    file = write(tmp_path / "rules.yaml", {"groups": [{"name": "dashboard", "rules": rules}]})
    code, output = promtool("check", "rules", file)
    assert (code, f"{len(EXPRESSIONS)} rules found" in output) == (0, True), output


def test_a_query_that_prometheus_does_not_understand_is_noticed(tmp_path: Path) -> None:
    rules = [{"record": "panel:0", "expr": "sum by (le (rate(x[5m]))"}]
    assert promtool("check", "rules", write(tmp_path / "rules.yaml", {"groups": [{"name": "x", "rules": rules}]}))[0]


async def test_each_query_reads_a_metric_and_labels_that_exist() -> None:
    metrics = (await registered_metrics()).values()
    known = {series: set(each.labels) for each in metrics for series in each.series}
    for expression in EXPRESSIONS:
        (name,) = re.findall(r"\bchatsync_\w+", expression)
        labels = {label for group in re.findall(r"by \((.*?)\)", expression) for label in group.split(", ")}
        assert labels <= known[name] | {"le"}


async def test_a_metric_without_a_panel_is_noticed() -> None:
    metrics = await registered_metrics()
    new = Metric(name="chatsync_new_total", kind="counter", help_text="New", labels=())
    with pytest.raises(ValueError, match="chatsync_new_total"):
        dashboard({**metrics, new.name: new})


def test_panels_have_own_numbers_and_do_not_overlap() -> None:
    assert len({each["id"] for each in PAGE["panels"]}) == len(PAGE["panels"])
    taken: set[tuple[int, int]] = set()
    for panel in PAGE["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= COLUMNS
        cells = {(place["x"] + column, place["y"] + line) for column in range(place["w"]) for line in range(place["h"])}
        assert not cells & taken, panel["title"]
        taken |= cells


def mistakes(page: dict[str, Any], folder: Path) -> str:
    """Return what Grafana's own types say about the dashboard; empty if it is right."""
    home = node_modules()
    if not shutil.which("node") or not (home / "@grafana" / "schema").is_dir():
        missing("Node.js, or the package @grafana/schema of tests/e2e")
    module = folder / "dashboard.ts"
    source = (
        f'import type {{ Dashboard }} from "@grafana/schema";\nexport const page: Dashboard = {json.dumps(page)};\n'
    )
    module.write_text(source, encoding="utf-8")
    (folder / "node_modules").symlink_to(home.resolve())
    compiler = home / "typescript" / "bin" / "tsc"
    options = ["--noEmit", "--strict", "--skipLibCheck", "--target", "es2022", "--module", "node16"]
    done = subprocess.run(
        ["node", compiler, *options, module], cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )
    return done.stdout + done.stderr


def test_the_dashboard_has_the_types_of_grafana(tmp_path: Path) -> None:
    (tmp_path / "right").mkdir()
    assert mistakes(PAGE, tmp_path / "right") == ""
    (tmp_path / "wrong").mkdir()
    wrong = {**PAGE, "panels": [{**PAGE["panels"][1], "gridPos": {"left": 0}}], "refreshEvery": "30s"}
    told = mistakes(wrong, tmp_path / "wrong")
    assert "refreshEvery" in told or "left" in told
