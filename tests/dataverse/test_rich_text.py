from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.text.html_elements import unescape
from bot.text.html_text import IMAGE, MAX_LENGTH, MAX_TAGS, looks_rich, plain_text, read_html
from tests.cpu_time import takes_at_most


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


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<table><tr><td>Price</td><td>40</td></tr></table>", "Price 40"),
        ("<table><tr><th>Part<th>Price<tr><td>Pump<td>40</table>after", "Part Price\nPump 40\nafter"),
        ("<table>\n<tr>\n<td><p>Price</p></td>\n<td>\n<p>40</p></td>\n</tr>\n</table>", "Price 40"),
        ("<tr><td></td><td>a</td></tr><tr><td><div>b</div></td><td>c</td></tr>", "a\nb c"),
        (
            "<table><tr><td><p>Dear Ms. Vance,</p><p>the pump leaks.</p></td></tr></table>",
            "Dear Ms. Vance,\nthe pump leaks.",
        ),
        ("<td>Serial<table><tr><td>1<td>2</table><td>end", "Serial\n1 2\nend"),
        ("<dl><dt>Price</dt><dd>40</dd><dt>Weight<dd>7</dl>", "Price\n40\nWeight\n7"),
        ("<select><option>One</option><option>Two<option>Three</select>", "One\nTwo\nThree"),
        ("above<hr>below", "above\nbelow"),
        ("before<div>in</div>after", "before\nin\nafter"),
        *(
            (f"before<{name}>in</{name}>after", "before\nin\nafter")
            for name in ("section", "article", "header", "figure", "blockquote", "h1", "pre", "codeblock", "form", "ul")
        ),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c", "a\nb\nc"),
        ("a<b>b</b><i>c</i><span>d</span><wbr>e<at id='0'>f</at>", "abcdef"),
    ],
)
def test_blocks_rows_and_cells_stay_apart(html: str, text: str) -> None:
    assert plain_text(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one\ntwo\r\n three</p>", "one two three"),
        ("<b>Call back</b>\ntoday\n\n\nor tomorrow\n", "Call back\ntoday\nor tomorrow"),
        ("<pre>if x:\n    y\n</pre>z", "if x:\ny\nz"),
        ("<p>  a </p>\n\t<p>\n  b</p> ", "a\nb"),
        ("<p>a</p><p>&nbsp;</p><p> </p><br><p>b</p>", "a\nb"),
    ],
)
def test_a_line_of_the_source_is_a_line_only_where_nothing_else_makes_lines(html: str, text: str) -> None:
    assert plain_text(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('The log is <a href="https://example.com/log/77">here</a>.', "The log is here (https://example.com/log/77)."),
        ("<a href=https://example.com/a?b=1&amp;c=2>x</a>", "x (https://example.com/a?b=1&c=2)"),
        ('<a href="https://example.com/?a=1&copy=2&lt">x</a>', "x (https://example.com/?a=1&copy=2<)"),
        ('<a href="https://example.com/">https://example.com</a>', "https://example.com"),
        ('<a href="https://Example.com/%7B1%7D"><b>example.com/{1}</b></a>', "example.com/{1}"),
        ('<a href="mailto:adele@example.com?subject=x">Adele</a>', "Adele (adele@example.com)"),
        ('<a href="mailto:adele@example.com">adele@example.com</a>', "adele@example.com"),
        ('<a href="tel:+4930123">call</a>', "call (+4930123)"),
        ('<a href="https://example.com"><img src="x"></a>', f"{IMAGE} (https://example.com)"),
        ('<a href="https://example.com"><p>Report</p></a>next', "Report (https://example.com)\nnext"),
        (
            '<a href="https://one.example">1<a href="https://two.example">2',
            "1 (https://one.example)2 (https://two.example)",
        ),
        ('<a href="https://example.com"></a>x', "x"),
        *(
            (f'<a href="{href}">x</a>', "x")
            for href in ("#top", "page.htm", "javascript:alert(1)", "data:a", "", "https://")
        ),
        ("<a name=x>x</a>", "x"),
    ],
)
def test_a_link_keeps_its_address_if_the_text_is_another(html: str, text: str) -> None:
    assert plain_text(html) == text


@pytest.mark.parametrize(
    "hidden",
    [
        "<style>" + "p { color: red } " * 1500 + "</style>",
        "<STYLE type='text/css'>p > b {}</STYLE >",
        "<script>if (a < b && c > d) { '</p>' }</script>",
        "<head><meta charset=utf-8><title>Mail</title><style>p{}</style><base href=x></head>",
        "<title>Mail</title>",
        "<template><p>x <template>y</template> z</p></template>",
        "<!-- a > b --><!--[if mso]><p>x</p><![endif]--><!-->",
        "<?xml:namespace prefix = o /><!doctype html><![if !mso]>",
        "<xml><o:p>Normal</o:p></xml>",
        "<span style='color:red; display : none'>x<b>y</b></span>",
        "<div style=display:none><div>preview</div> of the mail</div>",
        "<div hidden>x</div>",
        "<p hidden>x",
        "<iframe src=x>no frames</iframe>",
        "<img src=x style='display:none'>",
    ],
    ids=lambda html: html[:30],
)
def test_what_a_browser_hides_is_left_out_before_the_text_is_cut(hidden: str) -> None:
    assert plain_text(f"{hidden}<p>The pump leaks</p>", max_length=14) == "The pump leaks"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<p class="hidden" title="display:none">x</p>', "x"),
        ('<a title="hidden">x</a><b data-hidden=1>y</b>', "xy"),
        ("<head><title>Mail</title><p>text", "text"),
        ("<title/>text", "text"),
        ("<p hidden>x<p>y", "y"),
        ("<ul><li hidden>x<li>y</ul>", "y"),
        ("<div><span hidden>x</div>y", "y"),
    ],
)
def test_what_a_browser_shows_is_not_taken_for_hidden(html: str, text: str) -> None:
    assert plain_text(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a < b and c > d, 1 <2> 3", "a < b and c > d, 1 <2> 3"),
        (
            "Adele <adele@example.com>, see <https://example.com>",
            "Adele <adele@example.com>, see <https://example.com>",
        ),
        ("price <b", "price <b"),
        ("<div>hello</div><![ 4711 secret", "hello\n<![ 4711 secret"),
        ("<b<b<b>x", "<b<bx"),
        ('<a b="<p>x</p> rest', "x\nrest"),
        ("<p title='a > b' id=\"c > d\">x</p>", "x"),
        ("x<!-- open <p>y", "x"),
        ("<style>p{}", ""),
        ("</p></nothing></>x", "</>x"),
        ("<p/>x<br/ >y", "x\ny"),
    ],
)
def test_broken_markup_is_read_like_in_a_browser(html: str, text: str) -> None:
    assert plain_text(html) == text


def test_emojis_are_text_and_other_images_are_named() -> None:
    teams = '<emoji id="x" alt="🙂"></emoji><customemoji alt="ship"></customemoji><emoji></emoji>'
    skype = '<img itemtype="http://schema.skype.com/Emoji" alt="👍"><img alt="x">'
    assert plain_text(f"a {teams} {skype}") == f"a 🙂ship 👍{IMAGE}"


@pytest.mark.parametrize("text", ["<p>x</p>", "a <b>b</b>", "x<br/>y", "<div class='a'>", "x</p>", "<!DOCTYPE html>"])
def test_markup_is_recognised(text: str) -> None:
    assert looks_rich(text)
    assert looks_rich("word " * 10_000 + text)


@pytest.mark.parametrize("text", ["a < b and c > d", "<nobody@example.com>", "1 <2> 3", "", "p>x", "<p", "<x>", "<<<"])
def test_plain_text_with_angle_brackets_stays_plain(text: str) -> None:
    assert not looks_rich(text)


def test_only_the_beginning_of_a_huge_text_is_read() -> None:
    assert len(plain_text("<p>" + "word " * 1_000_000)) <= MAX_LENGTH
    assert plain_text("<p>" * MAX_TAGS + "not reached") == ""


def test_the_reader_says_whether_the_text_is_complete() -> None:
    assert read_html("<p>word</p>", max_length=4).complete
    assert read_html("<!-- " + "x" * 100_000 + " --><p>word", max_length=4).complete
    assert not read_html("<p>word</p>", max_length=3).complete
    assert not read_html("<p>" * (MAX_TAGS + 1)).complete
    assert not read_html(" " * 2_000_000).complete


@pytest.mark.parametrize("number", ["1" * 5_000, "x" + "f" * 5_000, "xD800", "0", "x110000"])
def test_an_entity_of_no_character_is_replaced(number: str) -> None:
    assert plain_text(f"a&#{number};b") == unescape(f"a&#{number};b") == "a\ufffdb"
    assert plain_text(f'<img itemtype="Emoji" alt="&#{number};">') == "\ufffd"


def test_half_an_emoji_is_replaced() -> None:
    assert plain_text("<p>Pump \ud83d</p>") == "Pump \ufffd"


PIECES = (
    "< > </ <! <!-- --> <![ <? /> = \" ' &# &amp ; & data: <p> </p> <td> <tr> <table> </table> <pre> <br> <li> <style>"
    " </style> <title> <head> <body> <template> <div style=display:none> <img> href= https://x.example hidden x word"
)
pieces = st.sampled_from([*PIECES.split(), "<a ", "<p hidden>", "<emoji alt=", " ", "\n", "\ud83d", "\x00", "\u2028"])
hostile = st.lists(pieces | st.text(max_size=3), max_size=60).map("".join)


@given(hostile | st.text(max_size=200), st.integers(0, 100))
@example("<div>hello</div><![ 4711 My-Secret", 100)
@example("&#" + "1" * 5_000, 100)
def test_no_text_breaks_the_reader(text: str, limit: int) -> None:
    looks_rich(text)
    shown = read_html(text, max_length=limit)
    assert len(shown.text) <= limit
    shown.text.encode()
    whole = plain_text(text)
    assert whole == "\n".join(" ".join(line.split()) for line in whole.splitlines())


SHAPES = (
    "<a ",
    "<p>",
    "<![",
    "<!--",
    "<style>",
    "&#",
    '<a b="',
    "<ul><li>",
    "<img>",
    "<div>",
    "</div>",
    "<td>",
    "<u><div><i></u>",
    "<p hidden>",
    "<b style='display:none'>",
    "<title>x</title>",
    '<a b=">" ',
    "<a b='c' ",
    "<a b=   ",
    "<a-a",
    "<",
    "</",
    "<!x>",
    "<head>",
    "<a href=https://x.example>x</a>",
    "&amp",
    "\n",
    "a\n",
    " ",
    "data:",
    "<pre>\n",
)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("read", [plain_text, looks_rich], ids=["text", "rich"])
def test_ten_times_the_text_takes_about_ten_times_as_long(read: Callable[[str], object], shape: str) -> None:
    short, long = ((shape * size)[:size] for size in (10_000, 100_000))
    assert takes_at_most(15, lambda: read(long), lambda: read(short))


def test_deep_nesting_takes_no_longer_and_hides_nothing() -> None:
    def nested(depth: int) -> str:
        return "<div>" * depth + "text" + "</div>" * depth

    assert plain_text(nested(10_000)) == "text"
    assert takes_at_most(15, lambda: plain_text(nested(10_000)), lambda: plain_text(nested(1_000)))
