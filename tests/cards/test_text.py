import re
from datetime import UTC, datetime, timedelta, timezone
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cards.text import bold, escape, isolate, local_time, single_line, truncate

MARKDOWNS = {
    "CommonMark, which takes HTML": MarkdownIt("commonmark", {"html": True}),
    "with tables and strikethrough": MarkdownIt("js-default", {"html": False}),
}

NEVER_SHOWN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


class ShownText(HTMLParser):
    """The text that a page shows, and the part of it in bold."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text = self.bold = ""
        self._is_bold = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._is_bold = self._is_bold or tag == "strong"

    def handle_endtag(self, tag: str) -> None:
        self._is_bold = self._is_bold and tag != "strong"

    def handle_data(self, data: str) -> None:
        self.text += data
        self.bold += data if self._is_bold else ""


def rendered(markdown: str, which: MarkdownIt = MARKDOWNS["CommonMark, which takes HTML"]) -> str:
    """Return the text that a Markdown client shows."""
    return ShownText(which.render(markdown)).text.strip("\n")


@pytest.mark.parametrize("which", MARKDOWNS.values(), ids=MARKDOWNS)
@pytest.mark.parametrize(
    "text",
    [
        "-",
        "- one",
        "-1",
        "- - -",
        "---",
        "+ plus",
        "+49 30 1234",
        "===",
        "1.",
        "1. April",
        "12) x",
        "3.5",
        "*5*",
        "**5**",
        "_x_",
        "snake_case_name",
        "a__b__c",
        "[a](https://b.example)",
        "[a][b]",
        "[a]: b",
        "![a](b)",
        "[image]",
        "# heading",
        "#5",
        "> quote",
        ">quote",
        "`code`",
        "```",
        "~~gone~~",
        "~~~",
        "a | b",
        "<at>everyone</at>",
        "<b>bold</b>",
        "<https://a.example>",
        "&amp; &lt;at&gt; &#42;",
        "a < b && c > d",
        "C:\\temp\\*",
        "\\\\server\\share",
        "ends with \\",
        "{{DATE(2020-01-01T00:00:00Z, SHORT)}}",
        "{{{TIME(2020-01-01T00:00:00Z)}}}",
        "€1,200.00",
        "👩‍🔧 mends",
        "🩷",
        "שלום עולם!",
        "https://contoso.example/a_b_c?x=1&y=2",
    ],
)
def test_a_value_is_shown_as_written(text: str, which: MarkdownIt) -> None:
    assert rendered(escape(text), which) == text


@pytest.mark.parametrize("text", ["Case #12", "-1", "1.5", "snake_case", "a | b", "[image]", "50 %", "R&D", "C:\\temp"])
def test_a_harmless_value_is_not_escaped(text: str) -> None:
    assert escape(text) == text


@pytest.mark.parametrize("text", ["שלום", "CAS-1 שלום!", "مرحبا", "٣"])
def test_right_to_left_text_is_isolated(text: str) -> None:
    assert isolate(text) == f"\u2068{text}\u2069"


def test_left_to_right_text_is_not_isolated() -> None:
    assert isolate("Grüße, 你好") == "Grüße, 你好"


def test_control_and_direction_characters_are_removed_and_lines_joined() -> None:
    assert escape("a\u202eb\u0000c\u2066d\ud800e\ufefff") == "abcdef"
    assert escape("one\r\n\n  two\tthree \u2028 four ") == "one two three four"


@pytest.mark.parametrize("nothing", ["", " \n ", "\u200b", "\u200e \u200f", "\u0000"])
def test_invisible_text_becomes_empty(nothing: str) -> None:
    assert escape(nothing) == single_line(nothing) == ""


def test_a_long_text_ends_at_a_word_with_an_ellipsis() -> None:
    assert escape("word " * 100, limit=20) == "word word word word…"
    assert truncate("x" * 300, 200) == "x" * 199 + "…"
    assert truncate("x" * 200, 200) == "x" * 200
    assert truncate("a " + "x" * 300, 200) == "a " + "x" * 197 + "…"


@pytest.mark.parametrize("one", ["👩‍🔧", "👍🏽", "❤️", "e\u0301"])
def test_a_grapheme_is_never_split(one: str) -> None:
    for limit in range(4, 12):
        kept = truncate("abc" + one * 10, limit).removesuffix("…")
        assert kept.removeprefix("abc") == one * kept.count(one[0])


awkward = st.text(st.sampled_from("ab *_`[]()<>#-+1.)=~|\\{}&;!:\n/at") | st.characters(), max_size=60)


@pytest.mark.parametrize("which", MARKDOWNS.values(), ids=MARKDOWNS)
@settings(deadline=None)
@given(text=awkward)
@example(text="*a**b*")
@example(text="&#42;")
@example(text="1)")
@example(text="[a[b](c)")
def test_any_value_is_shown_as_plain_text(text: str, which: MarkdownIt) -> None:
    escaped = escape(text, limit=1000)
    assert not re.search(r"\{\{", escaped)
    assert not re.search(r"</?[A-Za-z]", escaped)
    assert not NEVER_SHOWN.search(escaped)
    # Spaces that keep words together on a line stay.
    seen = " ".join(re.split(r"[^\S\u00a0\u202f]+", NEVER_SHOWN.sub("", text).strip()))
    assert rendered(escaped, which) == (seen if escaped else "")


@settings(deadline=None)
@given(awkward.filter(escape))
@example("*")
@example("(x)")
@example("\\")
def test_a_value_can_be_set_in_bold(text: str) -> None:
    shown = ShownText(MarkdownIt("commonmark").render(f"Normal → {bold(isolate(escape(text)))}."))
    assert shown.bold
    assert shown.bold == isolate(rendered(escape(text)))


@settings(deadline=None)
@given(st.text(max_size=3000), st.integers(10, 300))
def test_text_never_exceeds_its_limit(text: str, limit: int) -> None:
    assert len(rendered(escape(text, limit=limit))) <= limit
    assert len(single_line(text, limit=limit)) <= limit


def test_a_time_is_shown_by_the_readers_clock() -> None:
    at = datetime(2026, 11, 21, 11, 20, 30, 999_999, tzinfo=timezone(timedelta(hours=1)))
    assert local_time(at) == "{{DATE(2026-11-21T10:20:30Z, SHORT)}} {{TIME(2026-11-21T10:20:30Z)}}"
    with pytest.raises(ValueError, match="time zone"):
        local_time(at.astimezone(UTC).replace(tzinfo=None))
