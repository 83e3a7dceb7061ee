"""Translation of database errors."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bot.domain.errors import Unavailable
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error

_log = get_logger(__name__)


@contextmanager
def translate_errors() -> Iterator[None]:
    """Raise `Unavailable` for errors of a database that is down, full, or out of connections, and log them."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeoutError, OSError) as error:
        _log.error("store.unavailable", reason=describe_error(error))
        raise Unavailable("The database is not available at the moment.", "Try again in a few minutes.") from error
