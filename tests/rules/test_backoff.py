"""The wait before the next attempt grows, is spread, and has an upper limit."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.runtime.backoff import Backoff, jittered

BACKOFF = Backoff(first_s=1.0, factor=2.0, longest_s=300.0)
NOW = datetime(2026, 11, 21, tzinfo=UTC)

attempts = st.integers(0, 10_000)


@pytest.mark.parametrize(("number", "longest"), [(0, 1), (1, 2), (2, 4), (3, 8), (4, 16), (9, 300), (10_000, 300)])
def test_each_attempt_waits_up_to_twice_as_long_as_the_one_before(number: int, longest: float) -> None:
    waits = [BACKOFF.wait_s(number) for _ in range(50)]
    assert len(set(waits)) > 1
    assert all(longest / 2 <= wait <= longest for wait in waits)


@given(attempts, st.floats(0, 100_000))
def test_the_wait_is_never_shorter_than_requested_and_never_endless(number: int, retry_after_s: float) -> None:
    wait = BACKOFF.wait_s(number, retry_after_s)
    assert retry_after_s <= wait <= max(retry_after_s, BACKOFF.longest_s)
    assert wait >= BACKOFF.first_s / 2


def test_the_next_attempt_is_made_after_the_wait() -> None:
    assert BACKOFF.next_attempt_at(NOW, 0, 60.0) == NOW + timedelta(minutes=1)


@given(st.floats(0, 1_000_000))
def test_jitter_never_makes_a_wait_longer(seconds: float) -> None:
    assert seconds / 2 <= jittered(seconds) <= seconds
