"""Texts that fit columns of Dataverse, which counts UTF-16 units ("String columns: MaxLength"). Pure."""

import unicodedata

JOINERS = "\u200c\u200d"
"""They hold emoji and letters together."""
MAX_INPUT_LENGTH = 10_000
"""Characters of a text that are looked at to make one line of it: forty times what any column holds."""
_FORMAT = "Cf"
_TAGS = range(0xE0020, 0xE0080)
"""They spell which flag an emoji is ("Unicode Technical Standard #51", emoji tag sequences)."""


def truncate_utf16(text: str, units: int) -> str:
    """The text's beginning that has so many UTF-16 units at most, of whole characters; halves of some are left out."""
    begin = text[:units].encode("utf-16-le", "surrogatepass")[: 2 * units]
    return begin.decode("utf-16-le", "ignore")


def single_line(text: str) -> str:
    """The text with one space for everything that is not to be seen.

    Marks of direction, which stand within names from right to left, and other marks of format leave no gap.
    """
    return " ".join("".join(map(_shown, text[:MAX_INPUT_LENGTH])).split())


def _shown(character: str) -> str:
    if character.isprintable() or character in JOINERS or ord(character) in _TAGS:
        return character
    return "" if unicodedata.category(character) == _FORMAT else " "
