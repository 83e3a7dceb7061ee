"""What a database does that does not work, as an error to come back from."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bot.domain.errors import Unavailable
from bot.logs import get_logger

_log = get_logger(__name__)


@contextmanager
def translate_errors() -> Iterator[None]:
    """A database that is down, full or out of connections is something to come back to, not a fault of ours."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeoutError, OSError) as error:
        cause = getattr(error, "orig", None) or error
        _log.error("the database does not work", reason=f"{type(cause).__name__}: {cause}"[:200])
        raise Unavailable("The database does not work at the moment.", "Try again in a few minutes.") from error
