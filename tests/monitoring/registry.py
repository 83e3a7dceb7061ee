"""The metrics that the product registers."""

from dataclasses import dataclass
from typing import Any

from prometheus_client import Gauge, Histogram
from prometheus_client.metrics import MetricWrapperBase
from pydantic import SecretStr

from bot.clock import SystemClock
from bot.config.settings import Settings
from bot.domain.limits import Limits
from bot.wiring.services import build_runtime, close


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A metric as Prometheus stores it."""

    name: str
    kind: str
    """`counter`, `gauge`, or `histogram`."""
    help_text: str
    labels: tuple[str, ...]

    @property
    def series(self) -> frozenset[str]:
        """The names of its series in queries."""
        parts = ("_bucket", "_sum", "_count") if self.kind == "histogram" else ("",)
        return frozenset(self.name + part for part in parts)


async def registered_metrics() -> dict[str, Metric]:
    """Return the metrics of a process by name. Some exist only with an app ID, so it has one."""
    app_id, tenant = "aaaaaaaa-0000-4000-8000-000000000001", "bbbbbbbb-0000-4000-8000-000000000002"
    settings = Settings(app_id=app_id, app_password=SecretStr("let-me-in"), allowed_tenants=(tenant,))
    runtime = await build_runtime(settings, SystemClock(), Limits())
    await close(runtime)
    found = [_metric(each) for each in runtime.metrics._registry._collector_to_names]
    return {each.name: each for each in found}


def _metric(collector: Any) -> Metric:
    kind = {Gauge: "gauge", Histogram: "histogram"}.get(type(collector), "counter")
    is_own = isinstance(collector, MetricWrapperBase)
    labels = collector._labelnames if is_own else getattr(collector, "_labels", ())
    help_text = collector._documentation if is_own else collector._help_text
    name = f"{collector._name}_total" if kind == "counter" else collector._name
    return Metric(name=name, kind=kind, help_text=help_text, labels=tuple(labels))
