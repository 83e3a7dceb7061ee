"""A limit of calls in a period, for routes that everyone can call."""

import time
from collections.abc import Callable


class CallBudget:
    """Allow a number of calls in each period."""

    def __init__(self, at_most: int, period_s: float, now: Callable[[], float] = time.monotonic) -> None:
        self._at_most = at_most
        self._period_s = period_s
        self._now = now
        self._began_at = now()
        self._taken = 0

    def take(self) -> bool:
        """Count a call; return False if the period has no more."""
        now = self._now()
        if now - self._began_at >= self._period_s:
            self._began_at, self._taken = now, 0
        self._taken += 1
        return self._taken <= self._at_most
