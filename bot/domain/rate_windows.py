"""Rate windows of Teams: how fast the bot may post. Pure.

The windows are those of "Optimize your bot with rate limiting" (Teams documentation, October 2026).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

_MARGIN = timedelta(milliseconds=1)
"""Limits count closed windows: a post exactly one window after another still counts with it."""

MAX_AHEAD = timedelta(minutes=1)
"""Maximum time by which a stored post may be ahead. Slots are reserved a few seconds ahead; the clocks of two machines
may differ a little.
"""


@dataclass(frozen=True, slots=True)
class Window:
    """A maximum number of posts in any span of this length."""

    posts: int
    span: timedelta


CHAT_WINDOWS = (
    Window(7, timedelta(seconds=1)),
    Window(8, timedelta(seconds=2)),
    Window(60, timedelta(seconds=30)),
    Window(1800, timedelta(hours=1)),
)
"""Limits for posts of one bot into one conversation."""

TENANT_WINDOW = Window(5, timedelta(milliseconds=103))
"""Limit for requests of one app in one tenant: 50 a second. In fives, so that a delayed burst does not meet the next
one, and 1/25 below the limit.
"""

SYNC_WINDOW = Window(1, timedelta(milliseconds=80))
"""Limit for requests for rows of chats: fifteen a second to one environment (spec Y4). One by one, so that delayed
requests form no burst, and 1/6 below the limit.
"""


def longest_span(windows: Sequence[Window]) -> timedelta:
    """Return the length of the longest window: older posts no longer count."""
    return max((window.span for window in windows), default=timedelta(0))


def credible_posts(posts: Sequence[datetime], now: datetime) -> Sequence[datetime]:
    """Return the posts without those in the future, which a process with a wrong clock stored."""
    return [post for post in posts if post - now <= MAX_AHEAD]


def earliest_post(windows: Sequence[Window], posts: Sequence[datetime], now: datetime) -> datetime:
    """Return the earliest time of the next post after these posts, given in order; `now` or later."""
    full = (window for window in windows if len(posts) >= window.posts)
    return max([now, *(posts[-window.posts] + window.span + _MARGIN for window in full)])


def reserve_slots(window: Window, posts: Sequence[datetime], now: datetime, count: int) -> Sequence[datetime]:
    """Return the times, in order, at which this many more posts are allowed."""
    kept = list(posts)
    for _ in range(count):
        kept.append(earliest_post((window,), kept, now))
    return kept[len(posts) :]
