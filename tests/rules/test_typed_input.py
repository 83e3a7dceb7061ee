# ruff: noqa: RUF001 - people type these characters
"""Commands, numbers, and names as people type and paste them."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.domain.public_names import Command
from bot.domain.typed_commands import parse_command, without_first_word, without_last_word, without_name
from bot.domain.typed_references import parse_references
from bot.text.teams_markup import without_html_mentions, without_markup, without_quote
from bot.text.typed_text import on_one_line, simple_form, without_unseen
from tests.tiers import examples

COMMANDS = frozenset(Command)
UNSEEN = "\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u2060\u2066\u2069\ufeff\ufe0f\u034f\u3164"
SPACES = " \t\n\u00a0\u2002\u2009\u202f\u205f\u3000\u2800"
DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d\u30fc"
DIGITS = (
    "0123456789",
    "\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19",
    "٠١٢٣٤٥٦٧٨٩",
    "۰۱۲۳۴۵۶۷۸۹",
    "०१२३४५६७८९",
)
QUOTES = [
    "“”",
    "‘’",
    "„“",
    "«»",
    "»«",
    "‹›",
    '""',
    "''",
    "``",
    "()",
    "[]",
    "{}",
    "<>",
    "「」",
    "『』",
    "【】",
    "〈〉",
    "《》",
    "**",
    "__",
    "~~",
]
ENDS = [
    ".",
    "!",
    "?",
    ",",
    ";",
    ":",
    "…",
    "。",
    "、",
    "!!",
    "?!",
    "...",
    " .",
    "！",
    "？",
    "，",
    "．",
    "：",
    "；",
    "|",
    "/",
    "\\",
    "·",
    "•",
]
FILLERS = [
    *(
        "to {}",
        "to case {}",
        "case {}",
        "Case: {}",
        "the case {}",
        "with {}",
        "with the case {}",
        "a case {}",
        "for {}",
    ),
    *(
        "{} please",
        "{}, please",
        "{}, please!",
        "please {}",
        "{} pls",
        "{} thanks",
        "{}, thank you!",
        "{} now",
        "number {}",
    ),
    *(
        "this chat to {}",
        "us to {}",
        "it to {}",
        "record {}",
        "ticket #{}",
        "no. {}",
        "nr {}",
        "this chat with the record {}, please.",
    ),
    *("{} 🙂", "👉 {}", "- {}", "* {}", "> {}", "• {}", "# {}"),
]
NUMBERS = [
    *(
        "CAS-01001",
        "cas-01001",
        "Cas-01001",
        "CAS01001",
        "cas01001",
        "CAS 01001",
        "CAS  01001",
        "CAS - 01001",
        "CAS- 01001",
    ),
    *(
        "CAS -01001",
        "CAS--01001",
        "CAS_01001",
        "ＣＡＳ－０１００１",
        "CAS-０１００１",
        "#CAS-01001",
        "№ CAS-01001",
        "@CAS-01001",
    ),
]
SPELLINGS = [
    *NUMBERS,
    *(f"CAS{dash}01001" for dash in DASHES),
    *(f"CAS {dash} 01001" for dash in DASHES),
    *(f"CAS-{each[0]}{each[1]}{each[0]}{each[0]}{each[1]}" for each in DIGITS),
    *(f"{pair[0]}CAS-01001{pair[1]}" for pair in QUOTES),
    *(f"CAS-01001{end}" for end in ENDS),
    *(f"CAS-01001{mark}" for mark in UNSEEN),
    *(f"{mark}CAS-01001" for mark in UNSEEN),
    *(f"CAS{mark}-01{mark}001" for mark in UNSEEN),
    *(f"{space}CAS-01001{space}" for space in SPACES),
    *(filler.format("CAS-01001") for filler in FILLERS),
]
COMMAND_SPELLINGS = [
    *(
        "connect X",
        "Connect X",
        "CONNECT X",
        "  connect   X",
        "/connect X",
        "!connect X",
        "connect: X",
        "connect : X",
        "connect - X",
    ),
    *(
        "connect, X",
        ", connect X",
        ": connect X",
        "- connect X",
        "please connect X",
        "Hi, connect X",
        "can you please connect X",
    ),
    *(
        "ｃｏｎｎｅｃｔ X",
        "con\u00adnect X",
        "\ufeffconnect X",
        "connect\u3000X",
        "connect\u00a0X",
        "connect\nX",
        "**connect** X",
        "“connect X",
    ),
    *(
        "connect\u2014X",
        "connect/X",
        "connect. X",
        "connect\u200b X",
        "(connect X",
        "ok connect X",
        "connect:X",
        "Hello! Connect X",
    ),
]


def test_the_tables_have_many_spellings() -> None:
    assert len({*SPELLINGS, *COMMAND_SPELLINGS}) > 150


@pytest.mark.parametrize("texts", [SPELLINGS[at::8] for at in range(8)])
def test_a_number_is_the_same_however_it_is_spelled(texts: list[str]) -> None:
    for text in texts:
        parsed = parse_references(text)
        assert len(parsed.numbers) == 1, text
        assert "cas-01001" in [spelling.lower() for spelling in parsed.numbers[0]], text
        assert (parsed.rest, parsed.addresses) == ((), ()), text
        assert parsed.words.lower() == "cas-01001", text


def test_a_command_is_the_same_however_it_is_spelled() -> None:
    for text in COMMAND_SPELLINGS:
        command = parse_command(on_one_line(text), COMMANDS)
        assert command is not None, text
        assert (command.name, command.arguments.lstrip("* ")) == ("connect", "X"), text


def test_quiet_may_be_first_or_last() -> None:
    for text in ("X quiet", "X Quiet.", "X, quiet", "X “quiet”", "X quiet please", "X quiet, thanks!", "X QUIET…"):
        assert (without_last_word(text, "quiet")[0].strip(", "), without_last_word(text, "quiet")[1]) == ("X", True), (
            text
        )
    for text in ("quiet X", "Quiet: X", "quiet, X"):
        assert without_first_word(text, "quiet") == ("X", True), text
    for text in ("X", "quietly X", "X quietly", "X (not quiet at all)"):
        assert without_last_word(text, "quiet") == (text, False)
        assert without_first_word(text, "quiet") == (text, False)
    command = parse_command("quiet connect X", COMMANDS)
    assert command is not None
    assert command.arguments == "X quiet"


@pytest.mark.parametrize(
    "text", ["", " ", "...", "hello", "hello there", "conect X", "X connect", "what is connect", "1 connect"]
)
def test_other_texts_are_not_commands(text: str) -> None:
    assert parse_command(text, COMMANDS) is None


def test_the_name_of_the_bot_may_be_typed() -> None:
    assert without_name("@Chat Sync connect X", "Chat Sync") == " connect X"
    assert without_name("@chat sync: help", "Chat Sync") == ": help"
    assert without_name("Chat Sync connect X", "Chat Sync") == "Chat Sync connect X"
    assert without_name("@ada help", "") == "@ada help"


def test_several_numbers_are_all_found() -> None:
    for text in (
        "CAS-1, CAS-2",
        "CAS-1 and CAS-2",
        "CAS-1,CAS-2",
        "CAS-1/CAS-2",
        "CAS-1 + CAS-2;",
        "(CAS-1)(CAS-2)",
        "both CAS-1 & CAS-2",
    ):
        parsed = parse_references(text)
        assert [number[0] for number in parsed.numbers] == ["CAS-1", "CAS-2"], text
        assert parsed.rest == (), text
    assert len(parse_references(" ".join(f"CAS-{each}" for each in range(50))).numbers) == 5
    assert parse_references(" ".join(f"CAS-{each}" for each in range(50))).rest


def test_words_stay_words() -> None:
    for text, words in {
        "Pump vibrates": "Pump vibrates",
        "“Pump”": "Pump",
        "to Contoso, please": "Contoso",
        "the case Pump!": "Pump",
        "Q4‑2026 planning": "Q4-2026 planning",
        "O'Brien & Sons": "O'Brien & Sons",
        "Ærø Wasserwerke": "Ærø Wasserwerke",
        "サーバー障害": "サーバー障害",
        "case": "",
    }.items():
        assert parse_references(text).words == words
    assert parse_references("Pump 01001 leaks").rest == ("leaks",)
    assert parse_references("می\u200cخواهم").literal == "می\u200cخواهم"
    assert parse_references("👩\u200d👩\u200d👧 family").literal == "👩\u200d👩\u200d👧 family"


def test_links_are_found_beside_numbers() -> None:
    parsed = parse_references("“https://a.example/main.aspx?id=1”, CAS-01001 (https://b.example/x).")
    assert parsed.addresses == ("https://a.example/main.aspx?id=1", "https://b.example/x")
    assert parsed.numbers == (("CAS-01001", "CAS01001"),)


def test_markup_of_teams_is_not_text() -> None:
    text = '<quoted messageId="17"/> <at>Chat Sync</at> connect <at id="1">Ada</at> X<attachment id="a"></attachment>'
    assert without_markup(text).split() == ["connect", "X"]
    assert without_markup("a < b <at > c") == "a < b <at > c"
    mention = '<span itemscope itemtype="http://schema.skype.com/Mention" itemid="0">Chat Sync</span>'
    older = "<p>old <blockquote>older</blockquote></p>"
    reply = f'<blockquote itemscope itemtype="http://schema.skype.com/Reply" itemid="1">{older}</blockquote>'
    assert without_html_mentions(f"<p>{mention}&nbsp;connect X</p>") == "<p> &nbsp;connect X</p>"
    assert without_quote(f"{reply}<p>connect X</p>") == "<p>connect X</p>"
    assert without_quote(f"a{reply}b{reply}c") == "abc"
    assert without_quote("<blockquote>said</blockquote> connect X") == "<blockquote>said</blockquote> connect X"
    assert without_quote(f"<p>connect</p>{reply[:-13]}") == "<p>connect</p>"


noise = st.text(alphabet=UNSEEN + SPACES + ".,;:!?\"'“”‘’„«»‹›()[]{}<>#*_`~|…。、", max_size=6)
fillers = st.sampled_from(["", "to", "case", "the", "with", "please", "pls", "and", "thanks", "record", "this chat"])


@examples(500)
@given(
    letters=st.text(alphabet="ABCDEFGHJKLMNPRSTUVWXYZ", min_size=3, max_size=4),
    digits=st.text(alphabet="0123456789", min_size=4, max_size=8),
    dash=st.sampled_from(DASHES),
    script=st.sampled_from(DIGITS),
    around=st.tuples(fillers, noise, noise, fillers),
    within=st.text(alphabet=UNSEEN, max_size=2),
)
def test_noise_around_a_number_never_changes_it(
    letters: str, digits: str, dash: str, script: str, around: tuple[str, str, str, str], within: str
) -> None:
    assume(parse_references(f"{letters} 1").numbers == ())
    spelled = f"{letters}{within}{dash}{within}{digits.translate(str.maketrans(DIGITS[0], script))}"
    parsed = parse_references(f"{around[0]} {around[1]}{spelled}{around[2]} {around[3]}")
    assert [number[0] for number in parsed.numbers] == [f"{letters}-{digits}"]
    assert parsed.rest == ()


@given(st.text(max_size=300))
def test_no_text_makes_the_parsers_fail(text: str) -> None:
    parsed = parse_references(text)
    assert len(parsed.literal) <= 100
    assert len(parsed.numbers) <= 5
    assert simple_form(simple_form(text)) == simple_form(text)
    assert without_unseen(without_unseen(text)) == without_unseen(text)
    parse_command(text, COMMANDS)
    without_quote(text)
    without_markup(text)


@pytest.mark.parametrize(
    "unit",
    [
        "<at",
        "<at>",
        "<blockquote schema.skype.com/Reply>",
        "\u200b",
        "a\u0301\u0323",
        "CAS-",
        "quiet ",
        "https://",
        "ﷺ",
        "<span schema.skype.com/mention",
    ],
)
def test_repetitions_do_not_take_long(unit: str) -> None:
    text = unit * 20_000
    parse_references(text[:20_000])
    parse_command(text[:20_000], COMMANDS)
    assert len(without_quote(without_html_mentions(without_markup(text[:100_000])))) <= 100_000
