"""Posts stay within the rate limits of Teams for bots: per conversation, and per app and tenant."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.rate_windows import (
    CHAT_WINDOWS,
    MAX_AHEAD,
    TENANT_WINDOW,
    Window,
    credible_posts,
    earliest_post,
    longest_span,
    reserve_slots,
)
from tests.fakes.clock import START

WAITS = st.lists(st.timedeltas(timedelta(0), timedelta(seconds=3)), min_size=1, max_size=150)


def most_in_any(span: timedelta, posts: Sequence[datetime]) -> int:
    """Return the maximum number of posts in any closed span of this length."""
    return max(sum(first <= post <= first + span for post in posts) for first in posts)


@given(WAITS)
def test_a_chat_never_gets_more_than_each_window_allows(waits: list[timedelta]) -> None:
    posts: list[datetime] = []
    now = START
    for wait in waits:
        now = max(now, *posts[-1:]) + wait if posts else now + wait
        posts.append(earliest_post(CHAT_WINDOWS, posts, now))
    for window in CHAT_WINDOWS:
        assert most_in_any(window.span, posts) <= window.posts


def test_a_burst_goes_out_at_once_and_the_rest_as_soon_as_allowed() -> None:
    posts: list[datetime] = []
    for _ in range(9):
        posts.append(earliest_post(CHAT_WINDOWS, posts, START))
    waited = [(post - START) // timedelta(milliseconds=1) for post in posts]
    assert waited == [0, 0, 0, 0, 0, 0, 0, 1001, 2001]


def test_an_hour_of_posts_holds_1800() -> None:
    posts = [START + timedelta(seconds=2 * number) for number in range(1800)]
    now = posts[-1] + timedelta(seconds=2)
    assert earliest_post(CHAT_WINDOWS, posts, now) == posts[0] + timedelta(hours=1, milliseconds=1)
    assert earliest_post(CHAT_WINDOWS, posts[1:], now) == now
    assert longest_span(CHAT_WINDOWS) == timedelta(hours=1)


@given(st.lists(st.integers(1, 60), min_size=1, max_size=8), st.integers(0, 2000))
def test_blocks_of_slots_share_the_budget_of_a_tenant(blocks: list[int], apart_ms: int) -> None:
    posts: list[datetime] = []
    now = START
    for count in blocks:
        granted = reserve_slots(TENANT_WINDOW, posts, now, count)
        assert len(granted) == count
        posts += granted
        now += timedelta(milliseconds=apart_ms)
    assert most_in_any(timedelta(seconds=1), posts) <= 50


def test_under_a_backlog_nearly_all_of_the_budget_is_used() -> None:
    granted = reserve_slots(TENANT_WINDOW, [], START, 1000)
    used = len(granted) / ((granted[-1] - START) + TENANT_WINDOW.span).total_seconds() / 50
    assert used > 0.95


def test_without_windows_nothing_waits() -> None:
    assert earliest_post((), [START] * 100, START) == START
    assert longest_span(()) == timedelta(0)
    assert earliest_post((Window(1, timedelta(seconds=1)),), [], START) == START


def test_posts_that_a_wrong_clock_stored_do_not_count() -> None:
    reserved = [START - timedelta(hours=1), START, START + MAX_AHEAD]
    wrong = [START + MAX_AHEAD + timedelta(microseconds=1), START + timedelta(days=400)]
    assert credible_posts([*reserved, *wrong], START) == reserved
