from hypothesis import given
from hypothesis import strategies as st

from bot.workers.backoff import MAX_S, backoff_s

attempts = st.integers(0, 10_000)
jitters = st.floats(0, 1)


def test_each_attempt_waits_about_twice_as_long() -> None:
    assert [backoff_s(number, jitter=1) for number in range(5)] == [1, 2, 4, 8, 16]
    assert backoff_s(3, jitter=0) == 4
    assert backoff_s(1000, jitter=1) == MAX_S


@given(attempts, jitters, st.floats(0, 100_000))
def test_nobody_waits_less_than_was_asked_for_and_never_for_ever(number: int, jitter: float, asked: float) -> None:
    waited = backoff_s(number, jitter=jitter, retry_after_s=asked)
    assert asked <= waited <= max(asked, MAX_S)
    assert waited >= 0.5
