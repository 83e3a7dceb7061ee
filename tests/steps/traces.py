"""Read the spans of a running Chat Sync."""

from collections.abc import Iterator, Sequence

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from bot.tracing.otlp import OtelTracer
from tests.wire.world import World


class Traces:
    """The spans of a world."""

    def __init__(self, world: World) -> None:
        self._exporter = InMemorySpanExporter()
        self._world = world
        self.begin_process()

    def begin_process(self) -> None:
        """Give the world the tracer of another process. Its spans are collected in the same place."""
        self._world.tracer = OtelTracer(SimpleSpanProcessor(_Kept(self._exporter)), role="all")

    @property
    def spans(self) -> Sequence[ReadableSpan]:
        return self._exporter.get_finished_spans()

    def named(self, name: str) -> list[ReadableSpan]:
        return [each for each in self.spans if each.name == name]

    def way_to(self, span: ReadableSpan) -> list[str]:
        """Return the names of the spans that led to this one, from the first to the last."""
        by_id = {each.context.span_id: each for each in self.spans}
        names = [span.name]
        while span.parent and span.parent.span_id in by_id:
            span = by_id[span.parent.span_id]
            names.insert(0, span.name)
        return names

    def texts(self) -> Iterator[str]:
        """Yield everything that leaves the process."""
        yield from (each.to_json() for each in self.spans)

    def forget(self) -> None:
        self._exporter.clear()


class _Kept(InMemorySpanExporter):
    """Exports to another exporter, which outlives a process."""

    def __init__(self, kept: InMemorySpanExporter) -> None:
        super().__init__()
        self._kept = kept

    def export(self, spans: Sequence[ReadableSpan]) -> object:  # type: ignore[override]
        return self._kept.export(spans)
