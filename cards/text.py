"""The one place where text from outside becomes text of a card.

Clients read card text as Markdown ("Format cards in Teams"), replace `{{DATE(…)}}` in it, and show mentions: none of
that may be set off by what stands in a record.
"""

import re
import unicodedata
from datetime import UTC, datetime

EMPTY = "–"
"""What an empty value shows as."""

LONGEST = 200
"""Characters of a value that a card shows."""

_ELLIPSIS = "…"
_SHORTEST_CUT = 0.6  # a cut at a word keeps at least this much of what may be shown

# Embeddings, overrides and isolates turn the text around them; marks, joiners and scripts themselves stay.
_TURNING = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
_MARKDOWN = re.compile(r"([\\`*_\[\]~|{}#])")
_TAG_OR_ENTITY = re.compile(r"<(?=[A-Za-z/!?])|&(?=#?\w{1,32};)")
_ENTITIES = {"<": "&lt;", "&": "&amp;"}
_BLOCK_START = re.compile(r"^(?:([-+>=])|(\d{1,9})([.)])(?=\s|$))")


def plain(value: str, *, limit: int = LONGEST) -> str:
    """The text on one line, shortened at a word, and shown by every client exactly as it is written."""
    return _escaped(shortened(_one_line(value), limit))


def shortened(text: str, limit: int) -> str:
    """The text, or its beginning up to a word's end with an ellipsis, in at most so many characters."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    at_word = cut if text[limit - 1] == " " else cut.rpartition(" ")[0]
    return (at_word if len(at_word) >= limit * _SHORTEST_CUT else cut).rstrip() + _ELLIPSIS


def bold(escaped: str) -> str:
    """Text that is escaped already, in bold."""
    return f"**{escaped}**"


def moment(at: datetime) -> str:
    """The instant by the reader's own clock: the client fills it in. Raises ValueError for a time without a zone."""
    if at.tzinfo is None:
        raise ValueError("a card's instants need a time zone")
    stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"{{{{DATE({stamp}, SHORT)}}}} {{{{TIME({stamp})}}}}"


def _one_line(value: str) -> str:
    kept = (" " if character.isspace() else character for character in value if _is_shown(character))
    return " ".join("".join(kept).split())


def _is_shown(character: str) -> bool:
    if character.isspace():
        return True
    return character not in _TURNING and unicodedata.category(character) not in {"Cc", "Cs", "Cn"}


def _escaped(text: str) -> str:
    text = _MARKDOWN.sub(r"\\\1", text)
    text = _TAG_OR_ENTITY.sub(lambda found: _ENTITIES[found.group()], text)
    return _BLOCK_START.sub(lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}", text)
