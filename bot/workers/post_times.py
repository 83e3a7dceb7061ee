"""The stored times of posts, without those that a process with a wrong clock stored."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.rate_windows import credible_posts
from bot.logs import get_logger
from bot.runtime.line_budget import LineBudget

_log = get_logger(__name__)


class PostTimes:
    """Leaves out times in the future, and logs that there are some, at most once a minute."""

    def __init__(self) -> None:
        self._lines = LineBudget()

    def credible(self, posts: Sequence[datetime], now: datetime) -> Sequence[datetime]:
        """Return the times that can be true, in the same order."""
        credible = credible_posts(posts, now)
        if len(credible) < len(posts):
            self._warn((max(posts) - now).total_seconds())
        return credible

    def _warn(self, ahead_s: float) -> None:
        suppressed = self._lines.take("ahead")
        if suppressed is not None:
            _log.warning("rate_limits.times_ignored", ahead_s=round(ahead_s), suppressed=suppressed)
