import pytest

from bot.domain.texts import and_list, or_list, plural


@pytest.mark.parametrize(
    ("items", "all_of_them", "one_of_them"),
    [
        ((), "", ""),
        (("a",), "a", "a"),
        (("a", "b"), "a and b", "a or b"),
        (("a", "b", "c"), "a, b, and c", "a, b, or c"),
        (("a", "{b}", "c", "d"), "a, {b}, c, and d", "a, {b}, c, or d"),
    ],
)
def test_a_list_has_a_serial_comma(items: tuple[str, ...], all_of_them: str, one_of_them: str) -> None:
    assert and_list(items) == all_of_them
    assert or_list(items) == one_of_them


@pytest.mark.parametrize(("count", "text"), [(0, "cards"), (1, "card"), (2, "cards")])
def test_only_one_is_singular(count: int, text: str) -> None:
    assert plural(count, "card", "cards") == text
