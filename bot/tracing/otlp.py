"""Traces with OpenTelemetry, which an OTLP exporter sends to a collector.

Import this module only if tracing is on: its packages are optional.
"""

import re
from collections.abc import Sequence

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, Status, StatusCode, TraceFlags

from bot.tracing import MAX_TRACES, Span, SpanKind, SpanStep, Step

_SERVICE = "chat-sync"
_PATH = "/v1/traces"
"""Path of a collector for traces ("OTLP Specification", OTLP/HTTP request)."""
_TIMEOUT_S = 3
"""Time for one batch with all its attempts. The end of the process waits for the last batch."""
_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
_KINDS = {
    SpanKind.SERVER: trace.SpanKind.SERVER,
    SpanKind.CLIENT: trace.SpanKind.CLIENT,
    SpanKind.CONSUMER: trace.SpanKind.CONSUMER,
    SpanKind.INTERNAL: trace.SpanKind.INTERNAL,
}


def batches_to(endpoint: str, ca_file: str | None) -> SpanProcessor:
    """Return a processor that sends spans to the collector at this address, in a thread of its own.

    If the collector does not respond, spans are dropped, and nothing else waits.
    """
    return BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint + _PATH, certificate_file=ca_file, timeout=_TIMEOUT_S))


class OtelTracer:
    """See `bot.tracing.Tracer`."""

    is_on = True

    def __init__(self, processor: SpanProcessor, *, role: str) -> None:
        self._provider = TracerProvider(
            resource=Resource.create({SERVICE_NAME: _SERVICE, "chatsync.role": role}), shutdown_on_exit=False
        )
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer(_SERVICE)

    def begin(self, name: str, kind: SpanKind, traces: Sequence[str | None] = ()) -> Step:
        """Begin a step that continues the last of these traces."""
        known = [each for each in map(_span_context, dict.fromkeys(traces)) if each]
        context = trace.set_span_in_context(NonRecordingSpan(known[-1]) if known else trace.INVALID_SPAN)
        links = [Link(each) for each in known[:-1][-MAX_TRACES:]]
        started = self._tracer.start_span(name, context, _KINDS[kind], links=links)
        return SpanStep(_OtelSpan(self._tracer, started))

    def close(self) -> None:
        """Send what is waiting."""
        self._provider.shutdown()


class _OtelSpan:
    """See `bot.tracing.Span`."""

    __slots__ = ("_span", "_tracer")

    def __init__(self, tracer: trace.Tracer, span: trace.Span) -> None:
        self._tracer = tracer
        self._span = span

    @property
    def traceparent(self) -> str:
        """The trace and this span."""
        context = self._span.get_span_context()
        return f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(context.trace_flags):02x}"

    def child(self, name: str, kind: SpanKind) -> Span:
        """Start a step of this step."""
        started = self._tracer.start_span(name, trace.set_span_in_context(self._span), _KINDS[kind])
        return _OtelSpan(self._tracer, started)

    def set(self, name: str, value: str | int) -> None:
        """Set an attribute."""
        self._span.set_attribute(name, value)

    def fail(self, error_type: str) -> None:
        """Mark the step as failed."""
        self._span.set_attribute(ERROR_TYPE, error_type)
        self._span.set_status(Status(StatusCode.ERROR))

    def end(self) -> None:
        """End the step."""
        self._span.end()


def _span_context(text: str | None) -> SpanContext | None:
    """Parse a stored trace; return None if it is none."""
    found = _TRACEPARENT.fullmatch(text or "")
    if not found:
        return None
    trace_id, span_id, flags = (int(part, 16) for part in found.groups())
    context = SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(flags))
    return context if context.is_valid else None
