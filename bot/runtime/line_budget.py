"""One log line a minute for what strangers can cause as often as they like."""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

PERIOD_S = 60.0
MAX_KINDS = 100
"""Maximum number of kinds that are counted one by one. Beyond it, all other kinds share one line."""


@dataclass(slots=True)
class _Line:
    """The last line of a kind."""

    at: float
    suppressed: int = 0


class LineBudget:
    """Allow one line of each kind a minute, and count the suppressed ones."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lines: dict[Hashable, _Line] = {}

    def take(self, kind: Hashable) -> int | None:
        """Return the number of lines suppressed since the last one of this kind; None if this one is suppressed too."""
        now = self._now()
        if kind not in self._lines and len(self._lines) >= MAX_KINDS:
            kind = None
        line = self._lines.get(kind)
        if line is None:
            self._lines[kind] = _Line(now)
            return 0
        if now - line.at < PERIOD_S:
            line.suppressed += 1
            return None
        suppressed, line.at, line.suppressed = line.suppressed, now, 0
        return suppressed
