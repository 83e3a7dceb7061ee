import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.html_text import IMAGE, MAX_LENGTH, looks_rich, plain_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\nTwo"),
        ("One<br>Two<br/>Three", "One\nTwo\nThree"),
        ("<div><span>a</span> <b>b</b></div>", "a b"),
        ("<ul><li>x</li><li>y</li></ul>", "x\ny"),
        ('<p>See <img src="data:image/png;base64,' + "A" * 5000 + '" alt="x"> here</p>', f"See {IMAGE} here"),
        ("<style>p{}</style><script>alert(1)</script><p>seen</p>", "seen"),
        ("&lt;b&gt; &amp; &nbsp; caf&eacute;", "<b> & café"),
        ("<p>broken <b>html", "broken html"),
        ("", ""),
    ],
)
def test_rich_text_is_read_as_a_person_reads_it(html: str, text: str) -> None:
    assert plain_text(html) == text


@pytest.mark.parametrize("text", ["<p>x</p>", "a <b>b</b>", "x<br/>y", "<div class='a'>"])
def test_markup_is_recognised(text: str) -> None:
    assert looks_rich(text)


@pytest.mark.parametrize("text", ["a < b and c > d", "<nobody@example.com>", "1 <2> 3", "", "p>x"])
def test_plain_text_with_angle_brackets_stays_plain(text: str) -> None:
    assert not looks_rich(text)


def test_only_the_beginning_of_a_huge_text_is_read() -> None:
    assert len(plain_text("<p>" + "word " * 1_000_000)) <= MAX_LENGTH


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    plain_text(text)
