import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from bs4 import BeautifulSoup
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cards.text import bold, moment, plain, shortened

MACRO = re.compile(r"\{\{(DATE|TIME)\(")


def rendered(markdown: str) -> str:
    """What a client that knows Markdown shows of the text."""
    return BeautifulSoup(MarkdownIt("commonmark", {"html": True}).render(markdown), "html.parser").get_text()


def visible(text: str) -> str:
    """The text without what nobody sees or what would turn the text around it, on one line."""
    return rendered(plain(text, limit=10_000)).strip("\n")


@pytest.mark.parametrize(
    "text",
    [
        "-",
        "+ plus",
        "1. April",
        "12) x",
        "*5*",
        "_x_",
        "snake_case_name",
        "[a](https://b.example)",
        "![a](b)",
        "# heading",
        "> quote",
        "`code`",
        "~~gone~~",
        "a | b",
        "<at>everyone</at>",
        "<b>bold</b>",
        "&amp; &lt;at&gt;",
        "a < b && c > d",
        "===",
        "---",
        "C:\\temp\\*",
        "{{DATE(2020-01-01T00:00:00Z, SHORT)}}",
        "€1,200.00",
        "שלום עולם",
        "👩‍🔧 mends",
        "https://contoso.example/a_b_c?x=1&y=2",
    ],
)
def test_a_value_is_shown_as_it_is_written(text: str) -> None:
    assert visible(text) == text


def test_control_and_turning_characters_are_taken_out_and_lines_become_one() -> None:
    assert plain("a\u202eb\u0000c\u2066d\ud800e") == "abcde"
    assert plain("one\r\n\n  two\tthree  ") == "one two three"
    assert plain(" \n ") == ""


def test_a_long_text_ends_at_a_word_with_an_ellipsis() -> None:
    assert plain("word " * 100, limit=20) == "word word word word…"
    assert shortened("x" * 300, 200) == "x" * 199 + "…"
    assert shortened("x" * 200, 200) == "x" * 200
    assert shortened("a " + "x" * 300, 200) == "a " + "x" * 197 + "…"


awkward = st.text(st.sampled_from("ab *_`[]()<>#-+1.)=~|\\{}&;!\n/at") | st.characters(), max_size=60)


@given(awkward)
@example("*a**b*")
@example("&#42;")
@example("1)")
def test_whatever_stands_in_a_value_it_is_only_text(text: str) -> None:
    escaped = plain(text, limit=10_000)
    assert not MACRO.search(escaped)
    assert not re.search(r"<\s*/?\s*[A-Za-z]", escaped)
    expected = "".join(c for c in text if c.isspace() or c.isprintable() or c in "\u200d\u200c")
    shown = visible(text)
    # What is printable survives, in its order; nothing is added and nothing is markup.
    assert [c for c in shown if c.isprintable() and not c.isspace()] == [
        c for c in expected if c.isprintable() and not c.isspace()
    ]


@given(awkward.filter(plain))
def test_a_value_can_be_set_in_bold(text: str) -> None:
    before = "Normal → "
    soup = BeautifulSoup(MarkdownIt("commonmark").render(before + bold(plain(text))), "html.parser")
    strong = soup.find("strong")
    assert strong
    assert strong.get_text() == rendered(plain(text)).strip("\n")


@given(st.text(max_size=3000), st.integers(10, 300))
def test_a_text_is_never_longer_than_it_may_be(text: str, limit: int) -> None:
    assert len(rendered(plain(text, limit=limit)).strip("\n")) <= limit


def test_an_instant_is_for_the_readers_own_clock() -> None:
    at = datetime(2026, 11, 21, 11, 20, 30, 999_999, tzinfo=timezone(timedelta(hours=1)))
    assert moment(at) == "{{DATE(2026-11-21T10:20:30Z, SHORT)}} {{TIME(2026-11-21T10:20:30Z)}}"
    with pytest.raises(ValueError, match="time zone"):
        moment(at.astimezone(UTC).replace(tzinfo=None))
