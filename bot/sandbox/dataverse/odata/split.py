"""Splitting of query options at separators outside quotes and parentheses."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from bot.sandbox.errors import bad_query

MAX_DEPTH = 12
"""Maximum number of levels of nested parentheses in an option."""


def split(text: str, separator: str) -> Sequence[str]:
    """Split a list and strip each part. Raise `DataverseError` for unbalanced parentheses or quotes."""
    cuts = [-1, *(at for at, character in _top_level(text) if character == separator), len(text)]
    parts = [text[start + 1 : end].strip() for start, end in pairwise(cuts)]
    return [part for part in parts if part]


def parse_call(text: str) -> tuple[str, str | None]:
    """Split a call into its name and argument. The argument is None without parentheses."""
    name, opening, rest = text.partition("(")
    if not opening:
        return text, None
    list(_top_level(text))
    if not rest.endswith(")"):
        raise bad_query(f"Syntax error at position {len(text)} in '{text}'.")
    return name.strip(), rest[:-1]


def _top_level(text: str) -> Iterator[tuple[int, str]]:
    """Yield the position of each character that is outside quotes and parentheses."""
    depth, in_quotes = 0, False
    for at, character in enumerate(text):
        in_quotes ^= character == "'"
        if in_quotes or character == "'":
            continue
        depth += (character == "(") - (character == ")")
        if not 0 <= depth <= MAX_DEPTH:
            raise bad_query(f"Syntax error at position {at} in '{text}'.")
        if depth == 0:
            yield at, character
    if depth or in_quotes:
        raise bad_query(f"Syntax error: '{text}' ends too early.")
