"""Each alert fires when it must, and not before; and tells the person on call what to do."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.monitoring.alerts import ALERTS, PAGE, TICKET, Alert, Case
from tests.monitoring.files import ALERTS_FILE, annotations, generated
from tests.monitoring.promtool import promtool, write
from tests.monitoring.registry import registered_metrics

ROOT = Path(__file__).parents[2]
OPERATORS = (ROOT / "docs/operators.md").read_text(encoding="utf-8")
OF_PROMETHEUS = {"up"}

each_alert = pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.name)


async def test_the_files_are_those_that_the_generator_writes() -> None:
    for path, content in (await generated()).items():
        assert path.read_text(encoding="utf-8") == content, "Run: uv run python -m tests.monitoring"


def test_prometheus_accepts_the_rules() -> None:
    code, output = promtool("check", "rules", ALERTS_FILE)
    assert (code, f"{len(ALERTS)} rules found" in output) == (0, True), output


def filled(text: str, case: Case) -> str:
    """Return the text with the values of the labels."""
    return re.sub(r"\{\{ \$labels\.(\w+) \}\}", lambda found: case.labels[found.group(1)], text)


def expected(alert: Alert, case: Case) -> dict[str, object]:
    labels = {**case.labels, "severity": alert.severity}
    texts = {name: filled(text, case) for name, text in annotations(alert).items()}
    return {"exp_labels": labels, "exp_annotations": texts}


def test_group(alert: Alert, case: Case, alerts: Sequence[object]) -> dict[str, object]:
    return {
        "name": alert.name,
        "interval": "1m",
        "input_series": [{"series": series, "values": values} for series, values in case.series.items()],
        "alert_rule_test": [{"alertname": alert.name, "eval_time": f"{case.minutes}m", "exp_alerts": alerts}],
    }


test_group.__test__ = False  # type: ignore[attr-defined] # promtool's word for a test


def judged(tmp_path: Path, groups: Sequence[object]) -> tuple[int, str]:
    rules = {"rule_files": [str(ALERTS_FILE)], "evaluation_interval": "1m", "tests": groups}
    return promtool("test", "rules", write(tmp_path / "cases.yaml", rules))


def test_each_alert_fires_with_its_labels_and_texts(tmp_path: Path) -> None:
    assert len(ALERTS) > 10
    code, output = judged(tmp_path, [test_group(each, each.fires, [expected(each, each.fires)]) for each in ALERTS])
    assert code == 0, output


def test_no_alert_fires_too_early(tmp_path: Path) -> None:
    code, output = judged(tmp_path, [test_group(each, each.quiet, []) for each in ALERTS])
    assert code == 0, output


def test_a_case_that_must_fire_and_does_not_is_noticed(tmp_path: Path) -> None:
    alert = ALERTS[0]
    code, output = judged(tmp_path, [test_group(alert, alert.quiet, [expected(alert, alert.fires)])])
    assert (code, alert.name in output) == (1, True)


def selectors(text: str) -> list[tuple[str, set[str]]]:
    """Return the metrics in an expression or a series, with the labels that select from them."""
    found = re.findall(r"\b(chatsync_\w+|up)\b(?:\{(.*?)\})?", text)
    return [(name, set(re.findall(r"(\w+)(?:=~?|!~|!=)", inner))) for name, inner in found]


@each_alert
async def test_each_alert_reads_metrics_and_labels_that_exist(alert: Alert) -> None:
    known = {series: set(each.labels) for each in (await registered_metrics()).values() for series in each.series}
    series = [*alert.fires.series, *alert.quiet.series]
    assert selectors(alert.expression)
    for name, labels in (pair for text in (alert.expression, *series) for pair in selectors(text)):
        if name not in OF_PROMETHEUS:
            assert name in known
            assert labels <= known[name] | {"job", "instance", "le"}, name
    grouped = set(re.findall(r"by \((.*?)\)", alert.expression))
    labels = {each.strip() for group in grouped for each in group.split(",")}
    assert labels <= {"job", "le"}.union(*known.values())


@each_alert
def test_each_alert_says_what_to_do_and_names_a_section_that_explains_it(alert: Alert) -> None:
    assert alert.severity in {PAGE, TICKET}
    for text in (alert.summary, alert.next_step):
        assert text.endswith(".")
    page, _, anchor = alert.runbook.partition("#")
    assert page == "docs/operators.md"
    assert anchor == alert.name.lower()
    assert f"\n#### {alert.name}\n" in OPERATORS


@each_alert
def test_each_log_event_and_command_that_an_alert_names_exists(alert: Alert) -> None:
    for event in re.findall(r"\b[a-z_]+\.[a-z_]+\b", alert.next_step.replace("app.py", "")):
        assert f"| `{event}` |" in OPERATORS
    for command in re.findall(r"python app\.py (?:\w+)", alert.next_step):
        assert f"`{command}`" in OPERATORS


def test_operators_read_about_each_alert_and_no_others() -> None:
    chapter = OPERATORS.partition("\n### Alerts\n")[2].partition("\n## ")[0]
    assert re.findall(r"^#### (\w+)$", chapter, flags=re.MULTILINE) == [each.name for each in ALERTS]
    rows = dict(re.findall(r"^\| \[`(\w+)`\]\(#\w+\) \| (\w+) \|", chapter, flags=re.MULTILINE))
    assert rows == {each.name: each.severity for each in ALERTS}
