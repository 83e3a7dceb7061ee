"""How fast Teams may be written to. Pure.

The windows are those of "Optimize your bot with rate limiting" (Teams documentation, October 2026).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

_AFTER = timedelta(milliseconds=1)
"""Limits count closed windows: a post exactly one window after another still counts with it."""


@dataclass(frozen=True, slots=True)
class Window:
    """At most so many posts in any span of this length."""

    posts: int
    span: timedelta


CHAT_WINDOWS = (
    Window(7, timedelta(seconds=1)),
    Window(8, timedelta(seconds=2)),
    Window(60, timedelta(seconds=30)),
    Window(1800, timedelta(hours=1)),
)
"""Posts of one bot into one conversation."""

TENANT_WINDOW = Window(5, timedelta(milliseconds=103))
"""Requests of one app in one tenant: 50 in a second. By fives, so that a burst that sets out late does not meet the
next one, and a twenty-fifth below the limit."""

SYNC_WINDOW = Window(1, timedelta(milliseconds=80))
"""Requests for rows of chats: fifteen in a second to one environment (spec Y4). One by one, so that those that set out
late meet no burst, and a sixth below the limit for them."""


def longest_span(windows: Sequence[Window]) -> timedelta:
    """How far back posts matter."""
    return max((window.span for window in windows), default=timedelta(0))


def earliest_post(windows: Sequence[Window], posts: Sequence[datetime], now: datetime) -> datetime:
    """When the next post may follow those posts, given in order; now or later."""
    full = (window for window in windows if len(posts) >= window.posts)
    return max([now, *(posts[-window.posts] + window.span + _AFTER for window in full)])


def reserve_slots(window: Window, posts: Sequence[datetime], now: datetime, count: int) -> Sequence[datetime]:
    """The instants, in order, at which so many more posts may go out."""
    kept = list(posts)
    for _ in range(count):
        kept.append(earliest_post((window,), kept, now))
    return kept[len(posts) :]
