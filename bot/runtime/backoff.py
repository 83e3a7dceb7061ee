"""Exponential backoff with jitter: how long to wait before the next attempt."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

_LARGEST_EXPONENT = 64
"""Beyond it, every backoff has long reached its longest wait, and a float could overflow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """A wait of `first_s` seconds that grows by `factor` with each failed attempt, up to `longest_s` seconds."""

    first_s: float
    factor: float
    longest_s: float

    def wait_s(self, attempts: int, retry_after_s: float | None = None) -> float:
        """Return the seconds to wait after this many earlier failures, and at least `retry_after_s`."""
        wait_s = min(self.longest_s, self.first_s * self.factor ** min(attempts, _LARGEST_EXPONENT))
        return max(retry_after_s or 0.0, jittered(wait_s))

    def next_attempt_at(self, now: datetime, attempts: int, retry_after_s: float | None) -> datetime:
        """Return the earliest time of the next attempt; see `wait_s`."""
        return now + timedelta(seconds=self.wait_s(attempts, retry_after_s))


def jittered(seconds: float) -> float:
    """Return a random time between half of the seconds and all, so that many callers do not retry at once."""
    return random.uniform(seconds / 2, seconds)  # noqa: S311 - not a secret
