"""The times of summary cards: when one is posted, and when a new one begins (spec V7, V16). Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.notifications.decide import BULK_SPAN, budget_used_up
from bot.domain.notifications.rules import BURST, DAY, Budget

BULK_PAUSE = timedelta(seconds=10)
"""Time without another change after which the summary of a bulk edit is posted."""
BULK_LONGEST = timedelta(seconds=60)
"""Time after the first change at which it is posted in any case."""


def bulk_summary_due(first: datetime, last: datetime) -> datetime:
    """Return when the summary of a bulk edit is posted, by the times of its first and last merged change."""
    return min(last + BULK_PAUSE, first + BULK_LONGEST)


def is_same_bulk_edit(last: datetime, now: datetime) -> bool:
    """Check whether a change at `now` belongs to the bulk edit whose last change was at `last`."""
    return now - last < BULK_SPAN


def budget_was_free(budget: Budget, since: datetime, until: datetime, posts: Sequence[datetime]) -> bool:
    """Check whether the budget allowed a card at any time after `since` and until `until`, so that a summary ended.

    `posts` contains the times of the counted messages from a day before `since`, in order. Room only appears when a
    post leaves a span, so no other times are checked.
    """
    leaving = (post + span for post in posts for span in (DAY, BURST))
    times = sorted(at for at in leaving if since < at <= until)
    return any(not budget_used_up(budget, at, [post for post in posts if post <= at]) for at in (*times, until))
