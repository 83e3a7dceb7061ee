"""The dashboard for Grafana: one panel for each metric."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.monitoring.registry import Metric

_HERE = 'job=~"$job"'
_SOURCE = {"type": "prometheus", "uid": "${datasource}"}
_WIDTH, _HEIGHT, _COLUMNS = 8, 8, 3


@dataclass(frozen=True, kw_only=True)
class Spec:
    """The panel of a metric."""

    metric: str
    title: str
    unit: str
    shared: bool = False
    """True if all processes report the same value, because it is from the database."""
    lowest: bool = False
    """True if the lowest value counts."""


ROWS: Mapping[str, Sequence[Spec]] = {
    "State": [
        Spec(metric="chatsync_ready", title="Checks that pass", unit="bool_yes_no", lowest=True),
        Spec(metric="chatsync_change_to_card_seconds", title="From a change to its card", unit="s"),
        Spec(metric="chatsync_dead_letters_total", title="Work that was given up", unit="ops"),
    ],
    "Queues": [
        Spec(metric="chatsync_waiting", title="Waiting rows", unit="short", shared=True),
        Spec(metric="chatsync_oldest_seconds", title="Oldest waiting row", unit="s", shared=True),
        Spec(metric="chatsync_stuck", title="Stuck chats", unit="short", shared=True),
        Spec(metric="chatsync_held", title="Last writers that are not saved", unit="short"),
        Spec(metric="chatsync_decisions_total", title="Decisions about changes", unit="ops"),
    ],
    "Teams": [
        Spec(metric="chatsync_messages_total", title="Posts by outcome", unit="ops"),
        Spec(metric="chatsync_send_seconds", title="Response time of Teams", unit="s"),
    ],
    "Dynamics 365 and Microsoft Graph": [
        Spec(metric="chatsync_dataverse_seconds", title="Response time of Dataverse", unit="s"),
        Spec(metric="chatsync_graph_seconds", title="Response time of Microsoft Graph", unit="s"),
        Spec(metric="chatsync_throttled_total", title="Throttled requests", unit="ops"),
        Spec(metric="chatsync_notifications_total", title="Notifications from Microsoft Graph", unit="ops"),
        Spec(
            metric="chatsync_subscription_expiry_seconds",
            title="First subscription expires in",
            unit="s",
            shared=True,
            lowest=True,
        ),
    ],
    "Sign-in": [
        Spec(metric="chatsync_token_calls_total", title="Requests for access tokens", unit="ops"),
        Spec(metric="chatsync_tokens_remembered_total", title="Requests with a known token", unit="ops"),
        Spec(metric="chatsync_tokens_verified_total", title="Requests with a new token", unit="ops"),
    ],
}


def queries(spec: Spec, metric: Metric) -> Iterator[tuple[str, str]]:
    """Yield each query of the panel with the legend of its lines."""
    by = f" by ({', '.join(metric.labels)})" if metric.labels else ""
    legend = " ".join(f"{{{{{label}}}}}" for label in metric.labels) or spec.title
    if metric.kind == "counter":
        yield f"sum{by} (rate({metric.name}{{{_HERE}}}[$__rate_interval]))", legend
    elif metric.kind == "gauge":
        function = "min" if spec.lowest else "max" if spec.shared else "sum"
        yield f"{function}{by} ({metric.name}{{{_HERE}}})", legend
    else:
        yield from _quantiles(metric)


def _quantiles(metric: Metric) -> Iterator[tuple[str, str]]:
    labels = ", ".join(("le", *metric.labels))
    suffix = "".join(f" {{{{{label}}}}}" for label in metric.labels)
    rate = f"sum by ({labels}) (rate({metric.name}_bucket{{{_HERE}}}[$__rate_interval]))"
    for percent in (50, 95):
        yield f"histogram_quantile(0.{percent}, {rate})", f"{percent} %{suffix}"


def dashboard(metrics: Mapping[str, Metric]) -> dict[str, object]:
    """Return the dashboard in Grafana's format. Each metric must have one panel."""
    specified = sorted(spec.metric for row in ROWS.values() for spec in row)
    if specified != sorted(metrics):
        raise ValueError(f"The dashboard needs one panel for each metric: {set(specified) ^ set(metrics)}")
    return {
        "title": "Chat Sync",
        "uid": "chat-sync",
        "description": "Generated from the metrics of Chat Sync.",
        "tags": ["chat-sync"],
        "schemaVersion": 41,
        "editable": True,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [_source_variable(), _job_variable()]},
        "panels": list(_panels(metrics)),
    }


def _source_variable() -> dict[str, object]:
    return {"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus"}


def _job_variable() -> dict[str, object]:
    return {
        "name": "job",
        "label": "Job",
        "type": "query",
        "datasource": _SOURCE,
        "query": "label_values(chatsync_held, job)",
        "refresh": 1,
        "includeAll": True,
        "multi": True,
        "allValue": ".*",
        "current": {"text": "All", "value": "$__all"},
    }


def _panels(metrics: Mapping[str, Metric]) -> Iterator[dict[str, object]]:
    number, top = 1, 0
    for title, specs in ROWS.items():
        place = {"x": 0, "y": top, "w": _WIDTH * _COLUMNS, "h": 1}
        yield {"id": number, "type": "row", "title": title, "collapsed": False, "gridPos": place, "panels": []}
        for index, spec in enumerate(specs):
            line, column = divmod(index, _COLUMNS)
            place = {"x": column * _WIDTH, "y": top + 1 + line * _HEIGHT, "w": _WIDTH, "h": _HEIGHT}
            yield _panel(number + 1 + index, spec, metrics[spec.metric], place)
        number += 1 + len(specs)
        top += 1 + -(-len(specs) // _COLUMNS) * _HEIGHT


def _panel(number: int, spec: Spec, metric: Metric, place: Mapping[str, int]) -> dict[str, object]:
    targets = [
        {"refId": chr(ord("A") + index), "expr": expression, "legendFormat": legend, "datasource": _SOURCE}
        for index, (expression, legend) in enumerate(queries(spec, metric))
    ]
    return {
        "id": number,
        "type": "timeseries",
        "title": spec.title,
        "description": f"{metric.help_text} ({metric.name}).",
        "datasource": _SOURCE,
        "gridPos": place,
        "fieldConfig": {"defaults": {"unit": spec.unit}, "overrides": []},
        "options": {"legend": {"displayMode": "list", "placement": "bottom", "showLegend": True}},
        "targets": targets,
    }
