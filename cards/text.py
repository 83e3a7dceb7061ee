"""The one place where text from outside becomes text of a card.

Clients read card text as Markdown ("Format cards in Teams"), replace `{{DATE(…)}}` in it, and show mentions: none of
that may be set off by what stands in a record. What is harmless is left alone, for not every phone takes the
backslash of an escaped character away again.
"""

import re
import unicodedata
from datetime import UTC, datetime

EMPTY = "–"
"""What an empty value shows as."""

MAX_LENGTH = 200
"""Characters of a value that a card shows."""

_ELLIPSIS = "…"
_SHORTEST_CUT = 0.6  # a cut at a word keeps at least this much of what may be shown
_JOINER = "\u200d"
_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"

# Controls but for white space, surrogates, annotations, byte order marks, and what turns the text around it;
# marks, joiners and scripts themselves stay.
_HIDDEN = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]")
_MARKDOWN = re.compile(
    r"[`*]"
    r"|\[(?=.*\][(\[:])"
    r"|(?<![^\W_])_|_(?![^\W_])"  # within a word it emphasises nothing, and an address stays whole
    r"|~(?=~)|(?<=\{)\{"
    r"|\\(?=[!-/:-@\[-`{-~]|$)"
)
_TAG_OR_ENTITY = re.compile(r"<(?=[A-Za-z/!?])|&(?=#?\w{1,32};)")
# Most texts: nothing in them can mean anything, wherever it stands.
_HARMLESS = re.compile(r"[A-Za-z][A-Za-z0-9 ,.:;/@()'\"!?%-]*")
_ENTITIES = {"<": "&lt;", "&": "&amp;"}
_BLOCK_START = re.compile(r"^(\d{0,9})([-+](?=\s|$)|-(?=[-\s]*$)|>|#(?=#{0,5}(?:\s|$))|(?<=\d)[.)](?=\s|$))")


def single_line(value: str, *, limit: int = MAX_LENGTH) -> str:
    """The text on one line, shortened at a word, without what nobody sees: for places that know no Markdown."""
    text = truncate(" ".join(_HIDDEN.sub("", value).split()), limit)
    if text.isascii():
        return text
    return text if any(unicodedata.category(character) not in {"Cf", "Zs"} for character in text) else ""


def escape(value: str, *, limit: int = MAX_LENGTH) -> str:
    """The text on one line, shortened at a word, and shown by every client exactly as it is written."""
    return _escaped(single_line(value, limit=limit))


def truncate(text: str, limit: int) -> str:
    """The text, or its beginning up to a word's end with an ellipsis, in at most so many characters."""
    if len(text) <= limit:
        return text
    end = limit - 1
    while end > 1 and _belong_together(text[end - 1], text[end]):
        end -= 1
    cut = text[:end]
    at_word = cut if text[end] == " " else cut.rpartition(" ")[0]
    return (at_word if len(at_word) >= limit * _SHORTEST_CUT else cut).rstrip() + _ELLIPSIS


def isolate(text: str) -> str:
    """The text so that it does not turn the words around it, where it is of a script from right to left."""
    if text.isascii():
        return text
    turns = any(unicodedata.bidirectional(character) in {"R", "AL", "AN"} for character in text)
    return f"{_ISOLATE}{text}{_END_OF_ISOLATE}" if turns else text


def bold(escaped: str) -> str:
    """Text that is escaped already, in bold."""
    return f"**{escaped}**"


def local_time(at: datetime) -> str:
    """The instant by the reader's own clock: the client fills it in. Raises ValueError for a time without a zone."""
    if at.tzinfo is None:
        raise ValueError("a card's instants need a time zone")
    stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"{{{{DATE({stamp}, SHORT)}}}} {{{{TIME({stamp})}}}}"


def _belong_together(before: str, after: str) -> bool:
    """Whether the second character is a part of the first one's: an accent, a skin tone, a joined emoji."""
    is_skin_tone = "\U0001f3fb" <= after <= "\U0001f3ff"
    return _JOINER in {before, after} or is_skin_tone or unicodedata.category(after).startswith("M")


def _escaped(text: str) -> str:
    if _HARMLESS.fullmatch(text):
        return text
    text = _MARKDOWN.sub(lambda found: f"\\{found.group()}", text)
    text = _TAG_OR_ENTITY.sub(lambda found: _ENTITIES[found.group()], text)
    return _BLOCK_START.sub(r"\1\\\2", text)
