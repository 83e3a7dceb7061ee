"""Traces: the steps of a piece of work, across stored rows and processes, with the time that each takes.

Without `CHATSYNC_TRACING`, no trace begins, and a step costs the look at one context variable. Names and attributes of
spans are words of the product: never an ID or a value of a record, a chat, or a person, and never a URL.
"""

from collections.abc import Sequence
from contextvars import ContextVar, Token
from enum import Enum, auto
from types import TracebackType
from typing import Protocol, Self

MAX_TRACES = 32
"""Maximum number of traces that one step continues: a flood of events must not make a large span."""


class SpanKind(Enum):
    """The relation of a span to the others of its trace."""

    SERVER = auto()
    """A request to this process."""
    CLIENT = auto()
    """A request to another system."""
    CONSUMER = auto()
    """Work from a queue."""
    INTERNAL = auto()


class Span(Protocol):
    """A step of a trace."""

    @property
    def traceparent(self) -> str:
        """The trace and this span in the format of W3C Trace Context, to be stored with the work that follows."""

    def child(self, name: str, kind: SpanKind) -> "Span":
        """Start a step of this step."""

    def set(self, name: str, value: str | int) -> None:
        """Set an attribute."""

    def fail(self, error_type: str) -> None:
        """Mark the step as failed with the type of an error, never with its text."""

    def end(self) -> None:
        """End the step."""


class Step(Protocol):
    """A block of code that is a step of a trace, or of none."""

    is_on: bool
    """False if what is set has no effect."""

    def __enter__(self) -> Self:
        """Begin the step."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End the step; an error that leaves the block marks it as failed."""

    def set(self, name: str, value: str | int) -> None:
        """Set an attribute."""

    def fail(self, error_type: str) -> None:
        """Mark the step as failed with the type of an error."""


class Tracer(Protocol):
    """Begins and continues traces."""

    is_on: bool

    def begin(self, name: str, kind: SpanKind, traces: Sequence[str | None] = ()) -> Step:
        """Begin a step that is not part of the current one. It continues the last of these traces, or begins one.

        The other traces are linked.
        """

    def close(self) -> None:
        """Send what is waiting. It blocks for some seconds if the collector does not respond."""


_current: ContextVar[Span | None] = ContextVar("trace", default=None)


def step(name: str, kind: SpanKind = SpanKind.INTERNAL) -> Step:
    """Return a step of the current step; one that does nothing outside of a trace."""
    parent = _current.get()
    return _NO_STEP if parent is None else SpanStep(parent.child(name, kind))


def traceparent() -> str | None:
    """Return the current trace and step, to be stored with the work that follows; None outside of a trace."""
    current = _current.get()
    return None if current is None else current.traceparent


class SpanStep:
    """A block of code that is a span."""

    __slots__ = ("_span", "_token")
    is_on = True

    def __init__(self, span: Span) -> None:
        self._span = span
        self._token: Token[Span | None] | None = None

    def __enter__(self) -> Self:
        self._token = _current.set(self._span)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._token:
            _current.reset(self._token)
        if kind:
            self._span.fail(kind.__name__)
        self._span.end()

    def set(self, name: str, value: str | int) -> None:
        """Set an attribute."""
        self._span.set(name, value)

    def fail(self, error_type: str) -> None:
        """Mark the span as failed."""
        self._span.fail(error_type)


class _NoStep:
    __slots__ = ()
    is_on = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Let an error pass."""

    def set(self, name: str, value: str | int) -> None:
        """Do nothing."""

    def fail(self, error_type: str) -> None:
        """Do nothing."""


class NoTracer:
    """Begins no traces."""

    is_on = False

    def begin(self, name: str, kind: SpanKind, traces: Sequence[str | None] = ()) -> Step:
        """Return a step that does nothing."""
        del name, kind, traces
        return _NO_STEP

    def close(self) -> None:
        """Do nothing."""


_NO_STEP = _NoStep()
NO_TRACER: Tracer = NoTracer()
