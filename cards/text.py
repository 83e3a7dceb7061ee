"""Conversion of text from outside into text of a card.

Clients render Markdown ("Format cards in Teams"), replace `{{DATE(…)}}`, and show mentions. A record's text must never
trigger any of these. Harmless text is not escaped, because some phones show the backslashes.
`tests/cards/test_renderers.py` lists each place for text and what renders it.
"""

import html
import re
import unicodedata
from datetime import UTC, datetime
from html.entities import html5

EMPTY = "–"
"""Text for an empty value."""

MAX_LENGTH = 200
"""Characters of a value that a card shows."""

_ELLIPSIS = "…"
_SHORTEST_CUT = 0.6  # a cut at a word keeps at least this share of the limit
_JOINER = "\u200d"
_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"

# Control characters except white space, surrogates, annotations, byte order marks, and direction overrides.
# Combining marks, joiners, and the letters themselves stay.
_HIDDEN = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]")
_NEVER_SENT = re.compile(_HIDDEN.pattern.replace("\u2066-\u206f", "\u2066\u2067\u206a-\u206f"))
"""The same, except for the isolates that `isolate` adds."""
CLOCK = re.compile(r"\{\{(?:DATE|TIME)\([^{}]*\)\}\}")
"""The placeholders of `local_time`, which clients replace by a date or a time."""
_SPACES = re.compile(r"[^\S\u00a0\u202f]+")
"""White space of which one space is left. Spaces that keep words together on a line stay."""
_TIDY = re.compile(r"[!-~\u00b7]+(?: [!-~\u00b7]+)*")
"""A fast path for most texts: one line of ASCII, and of dots between details, with single spaces."""
_HTML = re.compile(
    rf"<[A-Za-z/!?]|&(?:#|[A-Za-z0-9]{{1,31}};|{'|'.join(name for name in html5 if not name.endswith(';'))})"
)
"""Markup as HTML reads it. Some names of characters need no semicolon."""
_MARKDOWN = re.compile(
    r"[`*]"
    r"|(?<![^\W_])_|_(?![^\W_])"  # within a word it has no effect, so addresses stay unchanged
    r"|~(?=~)|(?<=\{)\{"
    r"|\\(?=[!-/:-@\[-`{-~]|$)"
)
_LINK_END = re.compile(r"\](?=[(\[:])")
"""The end of the text of a link. Without it, brackets have no meaning. The text can begin in an earlier value."""
_TAG_OR_ENTITY = re.compile(r"<(?=[A-Za-z/!?])|&(?=#?\w{1,32};)")
# Fast path for most texts: none of these characters has a meaning in Markdown, in any place.
_HARMLESS = re.compile(r"[A-Za-z][A-Za-z0-9 ,.:;/@()'\"!?%-]*")
_ENTITIES = {"<": "&lt;", "&": "&amp;"}
_BLOCK_START = re.compile(r"^(\d{0,9})([-+](?=\s|$)|-(?=[-\s]*$)|>|#(?=#{0,5}(?:\s|$))|(?<=\d)[.)](?=\s|$))")


def single_line(value: str, *, limit: int = MAX_LENGTH) -> str:
    """Return the text on one line, truncated at a word, without invisible characters; for places without Markdown."""
    if len(value) <= limit and _TIDY.fullmatch(value):
        return value
    text = truncate(" ".join(_SPACES.split(_HIDDEN.sub("", value).strip())), limit)
    if text.isascii():
        return text
    return text if any(unicodedata.category(character) not in {"Cf", "Zs"} for character in text) else ""


def plain(value: str, *, limit: int = MAX_LENGTH) -> str:
    """Return a finished sentence on one line, for places without markup. Isolates stay, unlike in `single_line`."""
    if len(value) <= limit and _TIDY.fullmatch(value):
        return value
    return truncate(" ".join(_SPACES.split(_NEVER_SENT.sub("", value).strip())), limit)


def escape_html(value: str) -> str:
    """Return text for places that clients render as HTML, such as previews ("Format cards in Teams").

    Text that would not be read as markup stays as it is, because some clients show it so.
    """
    return html.escape(value, quote=False) if _HTML.search(value) else value


def escape(value: str, *, limit: int = MAX_LENGTH) -> str:
    """Return the text on one line, truncated at a word and escaped, so that every client shows it as written."""
    return _escaped(single_line(value, limit=limit))


def truncate(text: str, limit: int) -> str:
    """Return the text, or its beginning up to the end of a word with an ellipsis, within this many characters."""
    if len(text) <= limit:
        return text
    end = limit - 1
    while end > 1 and _belong_together(text[end - 1], text[end]):
        end -= 1
    cut = text[:end]
    at_word = cut if text[end] == " " else cut.rpartition(" ")[0]
    return (at_word if len(at_word) >= limit * _SHORTEST_CUT else cut).rstrip() + _ELLIPSIS


def isolate(text: str) -> str:
    """Return the text in Unicode isolates if it is right-to-left, so that the words around it keep their order."""
    if text.isascii():
        return text
    turns = any(unicodedata.bidirectional(character) in {"R", "AL", "AN"} for character in text)
    return f"{_ISOLATE}{text}{_END_OF_ISOLATE}" if turns else text


def bold(escaped: str) -> str:
    """Return text that is already escaped in bold."""
    return f"**{escaped}**"


def local_time(at: datetime) -> str:
    """Return the placeholder that clients replace with the time by the reader's clock.

    Raise ValueError for a time without a time zone.
    """
    if at.tzinfo is None:
        raise ValueError("a card's instants need a time zone")
    # `strftime` does not pad the year.
    stamp = f"{at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat()}Z"
    return f"{{{{DATE({stamp}, SHORT)}}}} {{{{TIME({stamp})}}}}"


def _belong_together(before: str, after: str) -> bool:
    """Check whether the second character extends the first one: an accent, a skin tone, or a joined emoji."""
    is_skin_tone = "\U0001f3fb" <= after <= "\U0001f3ff"
    return _JOINER in {before, after} or is_skin_tone or unicodedata.category(after).startswith("M")


def _escaped(text: str) -> str:
    if _HARMLESS.fullmatch(text):
        return text
    has_links = _LINK_END.search(text)
    text = _MARKDOWN.sub(lambda found: f"\\{found.group()}", text)
    text = _LINK_END.sub(r"\\]", text).replace("[", "\\[") if has_links else text
    text = _TAG_OR_ENTITY.sub(lambda found: _ENTITIES[found.group()], text)
    return _BLOCK_START.sub(r"\1\\\2", text)
