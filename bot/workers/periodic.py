"""One round of what is done again and again for as long as the process lives."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.domain.errors import ChatSyncError
from bot.logs import correlated, get_logger

T = TypeVar("T")

_log = get_logger(__name__)


async def run_logged(work: Callable[[], Awaitable[T]], default: str) -> T | None:
    """What the work gives; None where it failed, which the next round may not. `otherwise`: what the log says then."""
    with correlated():
        try:
            return await work()
        except ChatSyncError as error:
            _log.warning(default, reason=str(error))
        except Exception:  # noqa: BLE001 - a door: nobody else would catch it, and no further round would come
            _log.exception(default)
    return None
