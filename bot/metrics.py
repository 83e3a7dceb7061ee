"""What operators count and time, in the form that Prometheus reads.

prometheus-client is used because it is Prometheus' own. Labels name outcomes and queues, never a chat, a record or a
person.
"""

from collections.abc import Callable, Iterator
from typing import get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily
from prometheus_client.registry import Collector

from bot.domain.send_outcomes import SendOutcome

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)


class Metrics:
    """The metrics of one application."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.messages = Counter(
            "chatsync_messages", "Messages posted, by what became of them", ["outcome"], registry=self._registry
        )
        for outcome in get_args(SendOutcome):
            # What has not happened yet is 0 and not absent: a rate can be told from the first time on.
            self.messages.labels(outcome.__name__.lower())
        self.send_seconds = Histogram(
            "chatsync_send_seconds", "Time until Teams answered a post", buckets=_SECONDS, registry=self._registry
        )
        self.change_to_card_seconds = Histogram(
            "chatsync_change_to_card_seconds",
            "Time from a change in Dataverse until Teams had its card",
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.dataverse_seconds = Histogram(
            "chatsync_dataverse_seconds",
            "Time until Dataverse answered a call, by the class of the status",
            ["answer"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.graph_seconds = Histogram(
            "chatsync_graph_seconds",
            "Time until Microsoft Graph answered a call, by the class of the status",
            ["answer"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.notifications = Counter(
            "chatsync_notifications",
            "Change notifications of Microsoft Graph, by what became of them",
            ["outcome"],
            registry=self._registry,
        )
        for outcome in ("heard", "refused"):
            self.notifications.labels(outcome)
        self.waiting = Gauge("chatsync_waiting", "Rows that wait in a queue", ["queue"], registry=self._registry)
        self.oldest_seconds = Gauge(
            "chatsync_oldest_seconds", "Age of the oldest row that waits", ["queue"], registry=self._registry
        )
        self.stuck = Gauge(
            "chatsync_stuck", "Chats that sync fails for again and again", ["queue"], registry=self._registry
        )
        self.held = Gauge(
            "chatsync_held",
            "Chats of which it is not kept yet who wrote last",
            registry=self._registry,
        )

    def count(self, name: str, what: str, value: Callable[[], float]) -> None:
        """Shows a number that is counted elsewhere."""
        self._registry.register(_Counted(name, what, value))

    def text(self) -> bytes:
        """Everything as Prometheus' text."""
        return generate_latest(self._registry)


class _Counted(Collector):
    def __init__(self, name: str, what: str, value: Callable[[], float]) -> None:
        self._name = name
        self._what = what
        self._value = value

    def collect(self) -> Iterator[CounterMetricFamily]:
        """The number as it is now."""
        yield CounterMetricFamily(self._name, self._what, value=self._value())
