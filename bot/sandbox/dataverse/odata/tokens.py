"""Tokenizer for filters."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.sandbox.errors import bad_query
from bot.sandbox.guids import GUID

LONGEST = 8_000
"""Maximum number of characters in a filter, which is the limit for a request line."""


class Mark(StrEnum):
    """The kind of a token."""

    GUID = "guid"
    DATE = "date"
    NUMBER = "number"
    STRING = "string"
    QUOTED = "quoted"
    NAME = "name"
    SIGN = "sign"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """A token with its kind and position."""

    mark: Mark
    text: str
    at: int


_SPACE = re.compile(r"\s+")
_KINDS = (
    (Mark.GUID, re.compile(rf"{GUID}(?![\w-])")),
    (Mark.DATE, re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,7})?)?(?:Z|[+-]\d\d:\d\d)?)?(?!\w)")),
    (Mark.NUMBER, re.compile(r"-?\d{1,30}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,3})?(?!\w)")),
    (Mark.STRING, re.compile(r"'(?:[^']|'')*'")),
    (Mark.QUOTED, re.compile(r'"[^"\\]*"')),
    (Mark.NAME, re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*", re.ASCII)),
    (Mark.SIGN, re.compile(r"[(),/:=@\[\]{}\"]")),
)


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a filter and an end token. Raise `DataverseError` if the text is invalid."""
    if len(text) > LONGEST:
        raise bad_query(f"The filter is longer than {LONGEST} characters.")
    at = _blank(text, 0)
    while at < len(text):
        token = _token(text, at)
        yield token
        at = _blank(text, at + len(token.text))
    yield Token(Mark.END, "", at)


def _token(text: str, at: int) -> Token:
    for mark, pattern in _KINDS:
        found = pattern.match(text, at)
        if found:
            return Token(mark, found[0], at)
    if text[at] == "'":
        raise bad_query(f"There is an unterminated literal at position {at} in '{text}'.")
    raise bad_query(f"Syntax error: character '{text[at]}' is not valid at position {at} in '{text}'.")


def _blank(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
