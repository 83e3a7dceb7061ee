"""Run a job again and again for as long as the process lives."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from bot.clock import Clock
from bot.domain.errors import ChatSyncError
from bot.logs import get_logger, with_correlation_id
from bot.logs.tracebacks import describe_error

Job = Callable[[], Awaitable[timedelta | None]]
"""Does one iteration; may return how long to wait before the next, if not the usual time."""

_log = get_logger(__name__)


async def periodic(
    job: Job,
    *,
    every: timedelta,
    clock: Clock,
    failed: str,
    first_after: timedelta = timedelta(0),
    after_failure: timedelta | None = None,
    **fields: object,
) -> None:
    """Run the job until cancelled: first after `first_after`, then `every` time, or `after_failure` if it failed.

    An iteration that fails is logged as the event `failed` with the fields.
    """
    await clock.sleep(first_after.total_seconds())
    while True:
        wait = after_failure or every
        with failures_logged(failed, **fields):
            wait = await job() or every
        await clock.sleep(wait.total_seconds())


@contextmanager
def failures_logged(event: str, **fields: object) -> Iterator[None]:
    """Run the block with a new correlation ID; log an error as the event instead of raising it."""
    with with_correlation_id():
        try:
            yield
        except ChatSyncError as error:
            _log.warning(event, reason=describe_error(error), **fields)
        except Exception:  # noqa: BLE001 - the job's boundary: the next iteration may succeed
            _log.exception(event, **fields)
