"""Texts that fit Dataverse columns, whose limits count UTF-16 units ("String columns: MaxLength"). Pure.

`cards.text` shortens text for cards and has other rules. It counts characters, ends at a word, and keeps direction
marks, because clients apply them. Cards and the domain do not import each other, so each has its own functions.
"""

import unicodedata

JOINERS = "\u200c\u200d"
"""Joiners that hold emoji and letters together."""
MAX_INPUT_LENGTH = 10_000
"""Characters of a text that are read to make one line, forty times the length of any column."""
_FORMAT = "Cf"
_TAGS = range(0xE0020, 0xE0080)
"""Tag characters that spell the flag of an emoji ("Unicode Technical Standard #51", emoji tag sequences)."""


def truncate_utf16(text: str, units: int) -> str:
    """Return the longest beginning of the text that has at most this many UTF-16 units.

    Characters are never split, and half surrogate pairs are dropped.
    """
    begin = text[:units].encode("utf-16-le", "surrogatepass")[: 2 * units]
    return begin.decode("utf-16-le", "ignore")


def truncated(text: str, units: int) -> str:
    """Return the text, or its beginning and an ellipsis, in at most this many UTF-16 units."""
    if truncate_utf16(text, units) == text:
        return text
    return truncate_utf16(text, units - 1).rstrip(JOINERS + " ") + "…"


def single_line(text: str) -> str:
    """Return the text as one line, with one space for each run of invisible characters.

    Format marks, such as the direction marks in right-to-left names, leave no gap.
    """
    return " ".join("".join(map(_visible, text[:MAX_INPUT_LENGTH])).split())


def _visible(character: str) -> str:
    if character.isprintable() or character in JOINERS or ord(character) in _TAGS:
        return character
    return "" if unicodedata.category(character) == _FORMAT else " "
