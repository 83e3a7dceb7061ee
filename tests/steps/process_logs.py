"""The logging of the product, in the process of the tests."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from bot.logs import LogFormat, configure_logging


@contextmanager
def configured(log_format: LogFormat, level: str = "DEBUG") -> Iterator[None]:
    """Log to standard error as `python app.py` does, for the duration of the block."""
    loggers = [logging.getLogger(name) for name in ("", "bot", "app", "http")]
    handlers, levels = list(loggers[0].handlers), [each.level for each in loggers]
    before = structlog.get_config()
    configure_logging(log_format, level)
    # Loggers that remember this configuration would keep it in later tests.
    structlog.configure(cache_logger_on_first_use=False)
    try:
        yield
    finally:
        loggers[0].handlers = handlers
        for each, old in zip(loggers, levels, strict=True):
            each.setLevel(old)
        structlog.configure(**before)
