"""Logging: one line for each event, with a correlation ID; never message text, tokens, or secrets.

structlog logs structured values. Of messages that libraries log, only their origin is logged, because their texts can
quote anything. The same holds for exceptions: see `bot.logs.tracebacks`.
"""

import logging
import random
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import PurePath
from types import TracebackType
from typing import Literal, TextIO

import structlog
from aiohttp.abc import AbstractAccessLogger
from aiohttp.hdrs import METH_ALL
from aiohttp.web import BaseRequest, RequestKey, StreamResponse, UrlMappingMatchInfo

from bot.logs.tracebacks import describe_error, format_traceback
from bot.runtime.line_budget import LineBudget

LogFormat = Literal["text", "json"]

_CORRELATION_ID = "correlation_id"
CORRELATION_ID = RequestKey(_CORRELATION_ID, str)
"""Key for the correlation ID in a request: the access log needs it when the context is gone."""

_ID = re.compile(r"[0-9A-Fa-f-]{8,64}")
"""IDs that are accepted from outside. An ID of Dataverse is a GUID."""
_ACCESS = "http"

_OWN_LOGGERS = ("bot", "app", _ACCESS)
"""Loggers of the product. All others belong to libraries, and log from level warning on."""
_SUPPRESSED = "suppressed"

_random = random.Random()  # noqa: S311 - an id is no secret
_correlation: ContextVar[str] = ContextVar(_CORRELATION_ID, default="")


def _add_correlation(
    _logger: structlog.typing.WrappedLogger, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    if _correlation.get():
        event.setdefault(_CORRELATION_ID, _correlation.get())
    return event


# A context variable of our own takes a third of a microsecond for each request; structlog's binding takes twenty.
_SHARED: tuple[structlog.typing.Processor, ...] = (
    _add_correlation,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """Return a logger whose events carry the correlation ID of the current turn, request, or job."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


@contextmanager
def with_correlation_id(correlation_id: str | None = None) -> Iterator[str]:
    """Give all events logged in the block this correlation ID, or a new one if it is not an ID; yield the ID."""
    token = _correlation.set(correlation_id if correlation_id and _ID.fullmatch(correlation_id) else _new_id())
    try:
        yield _correlation.get()
    finally:
        _correlation.reset(token)


def adopt_correlation_id(text: str) -> str:
    """Use the ID of a known caller in the rest of the block, if it is an ID; return the current one."""
    if _ID.fullmatch(text):
        _correlation.set(text)
    return _correlation.get()


def correlation_id() -> str:
    """Return the current correlation ID; empty outside of `with_correlation_id`."""
    return _correlation.get()


def _new_id() -> str:
    """Return a random ID. It is not a secret, so it does not need the slower random source of the system."""
    return f"{_random.getrandbits(128):032x}"


def configure_logging(log_format: LogFormat, level: str) -> None:
    """Send all loggers of the process to standard error, in a format for people or for machines."""
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = _Handler()
    handler.setFormatter(_Formatter(foreign_pre_chain=(*_SHARED, _add_origin), processors=_renderers(log_format)))
    handler.addFilter(LibraryLimit())
    # No line shows them, and each line would look them up ("Optimization" in Python's page "Logging HOWTO").
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(logging.WARNING, logging.getLevelName(level)))
    for name in _OWN_LOGGERS:
        logging.getLogger(name).setLevel(level)


class _Handler(logging.StreamHandler[TextIO]):
    """Writes to standard error. If that fails, it does not print the line, as Python's handlers do."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name is Python's
        """Do nothing: there is no other place to write to."""


class _Formatter(structlog.stdlib.ProcessorFormatter):
    """Formats the product's events, and of a library's message only where it was logged."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return super().format(record if _is_own(record) else _without_text(record))


def _is_own(record: logging.LogRecord) -> bool:
    """Return whether structlog created the record."""
    return hasattr(record, "_logger") and isinstance(record.msg, dict)


def _without_text(record: logging.LogRecord) -> logging.LogRecord:
    copy = logging.makeLogRecord(record.__dict__)
    copy.msg, copy.args, copy.stack_info = "", (), None
    return copy


def _add_origin(
    _logger: structlog.typing.WrappedLogger, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Describe a message of a library by the place in the library that logged it."""
    record: logging.LogRecord = event["_record"]
    suppressed = {_SUPPRESSED: record.__dict__.get(_SUPPRESSED)}
    return dict(event, event="library.message", file=_origin(record), line=record.lineno, **suppressed)


def _origin(record: logging.LogRecord) -> str:
    """Return the file and its folder, such as `asyncio/base_events.py`."""
    return "/".join(PurePath(record.pathname).parts[-2:])


class LibraryLimit(logging.Filter):
    """Lets each message of a library pass once a minute; the next line tells how many were suppressed."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._lines = LineBudget(monotonic)

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record is logged."""
        if _is_own(record):
            return True
        suppressed = self._lines.take((record.pathname, record.lineno, record.exc_info and record.exc_info[0]))
        record.__dict__[_SUPPRESSED] = suppressed
        return suppressed is not None


def log_uncaught_errors() -> None:
    """Log errors that nothing catches, and warnings, in place of Python, which prints their texts."""
    logging.captureWarnings(capture=True)

    def excepthook(_kind: type[BaseException], error: BaseException, _traceback: TracebackType | None) -> None:
        if not isinstance(error, KeyboardInterrupt):
            _log_uncaught(error, "main thread")

    def in_thread(failed: threading.ExceptHookArgs) -> None:
        if failed.exc_value and not isinstance(failed.exc_value, SystemExit):
            _log_uncaught(failed.exc_value, "thread")

    def unraisable(failed: "sys.UnraisableHookArgs") -> None:
        if failed.exc_value:
            _log_uncaught(failed.exc_value, "finalizer")

    sys.excepthook, threading.excepthook, sys.unraisablehook = excepthook, in_thread, unraisable


def _log_uncaught(error: BaseException, where: str) -> None:
    get_logger("app").error("process.uncaught_error", where=where, reason=describe_error(error), exc_info=error)


def _renderers(log_format: LogFormat) -> list[structlog.typing.Processor]:
    drop: structlog.typing.Processor = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if log_format == "json":
        return [drop, _format_exception, structlog.processors.JSONRenderer()]
    # The default formatter would ask for exceptions that it can print with their local variables.
    plain = structlog.dev.plain_traceback
    return [drop, _format_exception, structlog.dev.ConsoleRenderer(colors=False, exception_formatter=plain)]


def _format_exception(
    _logger: structlog.typing.WrappedLogger, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Replace the exception by its types and frames."""
    error = event.pop("exc_info", None)
    if isinstance(error, tuple):
        error = error[1]
    elif error is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        event["exception"] = format_traceback(error)
    return event


def route_of(request: BaseRequest) -> str:
    """Return the path of the request's route. The path itself is from outside, and can contain a query or a key."""
    # A request that could not be parsed has none, and the public property fails for it.
    found: UrlMappingMatchInfo | None = getattr(request, "_match_info", None)
    resource = None if found is None else found.route.resource
    return "unknown" if resource is None else resource.canonical


class AccessLogger(AbstractAccessLogger):
    """One line for each request, with the path of its route, and without anything that the client sent."""

    @property
    def enabled(self) -> bool:
        """True if the access log is enabled; checked once for each connection."""
        return logging.getLogger(_ACCESS).isEnabledFor(logging.DEBUG)

    def log(self, request: BaseRequest, response: StreamResponse, time: float) -> None:
        """Log a request that was answered after `time` seconds."""
        with with_correlation_id(request.get(CORRELATION_ID)):
            get_logger(_ACCESS).debug(
                "http.request_completed",
                method=request.method if request.method in METH_ALL else "unknown",
                path=route_of(request),
                status=response.status,
                ms=round(time * 1000, 1),
            )
