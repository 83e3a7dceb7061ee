"""The bench's own arithmetic. Speed is not tested."""

import pytest

from tests.bench.bars import BARS, Bar, Row, percentile, ratio, table, verdict

FASTER = Bar(text="faster", required=20, aim=35)
CHEAPER = Bar(text="cheaper", required=4, aim=2)
COUNTED = Bar(text="counted", required=1, aim=1, unit="")


@pytest.mark.parametrize(
    ("bar", "measured", "expected"),
    [
        (FASTER, 35, "aim"),
        (FASTER, 34.9, "required"),
        (FASTER, 19.9, "missed"),
        (CHEAPER, 2, "aim"),
        (CHEAPER, 2.1, "required"),
        (CHEAPER, 4.1, "missed"),
        (COUNTED, 1, "aim"),
        (COUNTED, 2, "missed"),
        (COUNTED, None, "skipped"),
    ],
)
def test_a_figure_is_held_against_aim_and_required(bar: Bar, measured: float | None, expected: str) -> None:
    assert verdict(bar, measured) == expected


def test_a_ratio_is_of_medians_so_that_one_odd_round_does_not_matter() -> None:
    assert ratio([10, 1000, 30], [3, 2, 900]) == 10


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile(range(100), 0.99) == 99
    assert percentile([7], 0.5) == 7
    assert percentile([], 0.5) == 0


def test_the_table_says_what_was_wanted_and_what_came() -> None:
    lines = table([Row("1", 38.46, "by CPU 41x"), Row("8", None, "no PostgreSQL")]).splitlines()
    assert lines[2].startswith("| 1 | link answer")
    assert lines[2].endswith("| ≥ 20x | ≥ 35x | 38.5x | aim (by CPU 41x) |")
    assert lines[3].endswith("| – | skipped (no PostgreSQL) |")


def test_every_bar_that_is_proposed_has_its_number() -> None:
    assert {name.partition(" ")[0] for name in BARS} == {str(number) for number in range(1, 24)} - {"16", "17"} | {
        "cards",
        "similar",
        "sync",
    }
