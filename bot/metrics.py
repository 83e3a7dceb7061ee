"""Counters, histograms, and gauges for operators, in Prometheus' format.

prometheus-client is the official library. Labels name outcomes and queues, never a chat, a record, or a person.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily
from prometheus_client.registry import Collector

from bot.domain.send_outcomes import OUTCOME_NAMES

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)


class Metrics:
    """The metrics of one application."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.messages = Counter(
            "chatsync_messages", "Messages posted, by outcome", ["outcome"], registry=self._registry
        )
        for name in OUTCOME_NAMES.values():
            # Start at 0, so that a rate can be computed from the first event on.
            self.messages.labels(name)
        self.send_seconds = Histogram(
            "chatsync_send_seconds", "Response time of Teams for posts", buckets=_SECONDS, registry=self._registry
        )
        self.change_to_card_seconds = Histogram(
            "chatsync_change_to_card_seconds",
            "Time from a change in Dataverse to the card in Teams",
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.dataverse_seconds = Histogram(
            "chatsync_dataverse_seconds",
            "Response time of Dataverse, by class of the status",
            ["answer"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.graph_seconds = Histogram(
            "chatsync_graph_seconds",
            "Response time of Microsoft Graph, by class of the status",
            ["answer"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.notifications = Counter(
            "chatsync_notifications",
            "Change notifications from Microsoft Graph, by outcome",
            ["outcome"],
            registry=self._registry,
        )
        for outcome in ("heard", "refused"):
            self.notifications.labels(outcome)
        self.throttled = Counter(
            "chatsync_throttled",
            "Requests that another system throttled (429)",
            ["system"],
            registry=self._registry,
        )
        for system in ("dataverse", "graph"):
            self.throttled.labels(system)
        self.ready = Gauge(
            "chatsync_ready", "1 if the check of /readyz passes, 0 otherwise", ["check"], registry=self._registry
        )
        self.subscription_expiry_seconds = Gauge(
            "chatsync_subscription_expiry_seconds",
            "Time until the first subscription in Microsoft Graph expires",
            registry=self._registry,
        )
        self.waiting = Gauge("chatsync_waiting", "Rows waiting in a queue", ["queue"], registry=self._registry)
        self.oldest_seconds = Gauge(
            "chatsync_oldest_seconds", "Age of the oldest waiting row", ["queue"], registry=self._registry
        )
        self.stuck = Gauge("chatsync_stuck", "Chats whose sync fails repeatedly", ["queue"], registry=self._registry)
        self.held = Gauge(
            "chatsync_held",
            "Chats whose last writer is not saved yet",
            registry=self._registry,
        )

    def register_counter(self, name: str, help_text: str, value: Callable[[], float]) -> None:
        """Register a counter whose value another object holds."""
        self._registry.register(_ExternalCounter(name, help_text, value))

    def register_labeled_counter(
        self, name: str, help_text: str, labels: Sequence[str], values: Callable[[], Mapping[tuple[str, ...], int]]
    ) -> None:
        """Register a counter whose values another object holds, by the values of the labels."""
        self._registry.register(_LabeledCounter(name, help_text, labels, values))

    def render(self) -> bytes:
        """Render all metrics as Prometheus' text format."""
        return generate_latest(self._registry)


class _ExternalCounter(Collector):
    def __init__(self, name: str, help_text: str, value: Callable[[], float]) -> None:
        self._name = name
        self._help_text = help_text
        self._value = value

    def collect(self) -> Iterator[CounterMetricFamily]:
        """Return the current value."""
        yield CounterMetricFamily(self._name, self._help_text, value=self._value())


class _LabeledCounter(Collector):
    def __init__(
        self, name: str, help_text: str, labels: Sequence[str], values: Callable[[], Mapping[tuple[str, ...], int]]
    ) -> None:
        self._name = name
        self._help_text = help_text
        self._labels = labels
        self._values = values

    def collect(self) -> Iterator[CounterMetricFamily]:
        """Return the current values."""
        family = CounterMetricFamily(self._name, self._help_text, labels=self._labels)
        for labels, value in sorted(self._values().items()):
            family.add_metric(labels, value)
        yield family
