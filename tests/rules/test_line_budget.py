"""Floods cost one log line a minute."""

from bot.runtime.line_budget import MAX_KINDS, PERIOD_S, LineBudget


class Seconds:
    """A clock that tests move."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_one_line_a_minute_says_how_many_were_suppressed() -> None:
    seconds = Seconds()
    lines = LineBudget(seconds)
    assert [lines.take("refused") for _ in range(1_000)] == [0] + [None] * 999
    seconds.now += PERIOD_S
    assert lines.take("refused") == 999
    assert lines.take("refused") is None
    seconds.now += PERIOD_S
    assert lines.take("refused") == 1


def test_another_kind_has_a_line_of_its_own() -> None:
    lines = LineBudget(Seconds())
    assert lines.take("refused") == 0
    assert lines.take("malformed") == 0
    assert lines.take("refused") is None


def test_endless_kinds_share_one_line_and_take_no_memory() -> None:
    lines = LineBudget(Seconds())
    taken = [lines.take(number) for number in range(10_000)]
    assert taken.count(0) == MAX_KINDS + 1
    assert len(lines._lines) == MAX_KINDS + 1
    assert lines.take(0) is None
