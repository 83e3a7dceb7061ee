"""Translation of database errors."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
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
    except (DBAPIError, PoolTimeoutError, OSError) as error:
        if isinstance(error, DBAPIError) and not _is_outage(error):
            raise
        _log.error("store.unavailable", reason=describe_error(error))
        raise Unavailable("The database is not available at the moment.", "Try again in a few minutes.") from error


def _is_outage(error: DBAPIError) -> bool:
    """Return whether the database is down or full. An error of no particular class can also be a lost connection."""
    return isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated
