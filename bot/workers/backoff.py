"""When to try again."""

import random
from datetime import datetime, timedelta

GIVE_UP_AFTER = timedelta(hours=24)
"""What could not be done for so long is parked with its reason (spec K9)."""

FIRST_S = 1.0
MAX_S = 300.0

_DOUBLINGS = 10  # beyond them the longest wait is reached anyway


def backoff_s(attempts: int, *, jitter: float, retry_after_s: float | None = None) -> float:
    """The seconds to wait after so many failed attempts: twice as long each time, spread by `jitter` from 0 to 1.

    Never less than the other side asked for.
    """
    longest = min(MAX_S, FIRST_S * 2.0 ** min(attempts, _DOUBLINGS))
    return max(retry_after_s or 0.0, longest * (0.5 + jitter / 2))


def next_attempt_at(now: datetime, attempts: int, retry_after_s: float | None) -> datetime:
    """When the next attempt may be made, after so many that failed."""
    # Not a secret: it only spreads attempts over time.
    jitter = random.random()  # noqa: S311
    return now + timedelta(seconds=backoff_s(attempts, jitter=jitter, retry_after_s=retry_after_s))
