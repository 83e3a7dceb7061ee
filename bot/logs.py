"""Logs: one line an event, with the correlation id of what caused it; never message text, tokens or secrets.

structlog is used because its lines are values first and text last, and it takes the standard library's loggers along.
"""

import logging
import logging.config
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal
from uuid import uuid4

import structlog
from aiohttp.abc import AbstractAccessLogger
from aiohttp.web import BaseRequest, RequestKey, StreamResponse

LogFormat = Literal["text", "json"]

_CORRELATION_ID = "correlation_id"
ANSWERED_AS = RequestKey(_CORRELATION_ID, str)
"""The id that stands at a request which was answered, for the line about it comes when its context is gone."""

_LONGEST_ID = 100
_ACCESS = "http"

_correlation: ContextVar[str] = ContextVar(_CORRELATION_ID, default="")


def _add_correlation(
    _logger: structlog.typing.WrappedLogger, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    if _correlation.get():
        event.setdefault(_CORRELATION_ID, _correlation.get())
    return event


# A variable of our own is set in a third of a microsecond; structlog's way of binding takes twenty, for every request.
_SHARED: tuple[structlog.typing.Processor, ...] = (
    _add_correlation,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger whose events carry the correlation id of the turn, request or job at hand."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


@contextmanager
def correlated(correlation_id: str | None = None) -> Iterator[str]:
    """Everything logged in the block carries this id, or a new one; gives the id."""
    before = _correlation.set(_known(correlation_id) if correlation_id else uuid4().hex)
    try:
        yield correlation()
    finally:
        _correlation.reset(before)


def correlation() -> str:
    """The correlation id of what is going on; empty outside of `correlated`."""
    return _correlation.get()


def _known(told: str) -> str:
    """An id that somebody told, without what does not belong in a log; a new one where nothing is left."""
    return "".join(c for c in told[:_LONGEST_ID] if c.isalnum() or c in "-_.:") or uuid4().hex


def set_up_logs(log_format: LogFormat, level: str) -> None:
    """Sends every logger of the process to standard error, in the format for people or for machines."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=_SHARED, processors=_renderers(log_format))
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # They log request addresses, bodies and what is written into tables at their chattier levels.
    for chatty in ("azure", "msrest", "urllib3", "botbuilder", "botframework", "alembic", "aiosqlite", "asyncio"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))


def _renderers(log_format: LogFormat) -> list[structlog.typing.Processor]:
    drop: structlog.typing.Processor = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if log_format == "json":
        return [drop, structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    # The default would show the local variables of each frame, and those hold values and tokens.
    plain = structlog.dev.plain_traceback
    return [drop, structlog.dev.ConsoleRenderer(colors=False, exception_formatter=plain)]


class AccessLogger(AbstractAccessLogger):
    """One line a request, without the query string: it can hold the webhook's key."""

    @property
    def enabled(self) -> bool:
        """Whether anybody wants to know: asked once for each connection."""
        return logging.getLogger(_ACCESS).isEnabledFor(logging.DEBUG)

    def log(self, request: BaseRequest, response: StreamResponse, time: float) -> None:
        """Logs the request that was answered after `time` seconds."""
        with correlated(request.get(ANSWERED_AS)):
            get_logger(_ACCESS).debug(
                "request", method=request.method, path=request.path, status=response.status, ms=round(time * 1000, 1)
            )
