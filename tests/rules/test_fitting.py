"""Texts in any script that fit a Dataverse column."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.chat_sync import normalize_topic
from bot.domain.text_limits import MAX_INPUT_LENGTH, single_line, truncate_utf16

ENGLAND = "🏴" + "".join(chr(0xE0000 + ord(each)) for each in "gbeng") + "\U000e007f"
WHOLE = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@given(WHOLE, st.integers(0, 260))
def test_truncated_text_is_the_longest_beginning_that_fits(text: str, room: int) -> None:
    beginnings = [text[:length] for length in range(len(text) + 1)]
    assert truncate_utf16(text, room) == [each for each in beginnings if units(each) <= room][-1]


def test_half_a_character_is_left_out() -> None:
    assert truncate_utf16("a\ud83d", 9) == "a"
    assert truncate_utf16("😀😀", 3) == "😀"


@pytest.mark.parametrize(
    ("told", "line"),
    [
        ("\u200fרמת גן\u200f בע\u200f״\u200fמ", "רמת גן בע״מ"),
        ("\u202bمضخة\u202c ٤", "مضخة ٤"),
        ("\u2067רמת גן\u2069 / \u2066Pump\u2069", "רמת גן / Pump"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        (f"{ENGLAND} Pumps {ENGLAND}", f"{ENGLAND} Pumps {ENGLAND}"),
        ("👨‍👩‍👧 می‌خواهم", "👨‍👩‍👧 می‌خواهم"),
        ("Donau\u00addampf\ufeff", "Donaudampf"),
        (" a\u2028b\tc\r\n\x00d\u00a0e ", "a b c d e"),
        ("\ud83d", ""),
    ],
)
def test_a_line_shows_the_written_text_without_gaps(told: str, line: str) -> None:
    assert single_line(told) == line


@given(st.text())
def test_making_a_line_twice_changes_nothing(text: str) -> None:
    line = single_line(text)
    assert single_line(line) == line
    assert not {unicodedata.category(each) for each in line} & {"Cc", "Cs", "Zl", "Zp"}


@given(
    st.text(min_size=1, max_size=50).map(lambda text: (text * MAX_INPUT_LENGTH)[:MAX_INPUT_LENGTH]), st.text(min_size=1)
)
def test_only_the_beginning_of_a_very_long_text_is_read(text: str, more: str) -> None:
    assert single_line(text + more) == single_line(text)
    assert normalize_topic(text + more) == normalize_topic(text)
