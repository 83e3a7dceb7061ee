"""Tokenizer for filters."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.sandbox.errors import bad_query
from bot.sandbox.guids import GUID

MAX_LENGTH = 8_000
"""Maximum number of characters in a filter, which is the limit for a request line."""


class TokenKind(StrEnum):
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

    kind: TokenKind
    text: str
    at: int


_SPACE = re.compile(r"\s+")
_PATTERNS = (
    (TokenKind.GUID, re.compile(rf"{GUID}(?![\w-])")),
    (TokenKind.DATE, re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,7})?)?(?:Z|[+-]\d\d:\d\d)?)?(?!\w)")),
    (TokenKind.NUMBER, re.compile(r"-?\d{1,30}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,3})?(?!\w)")),
    (TokenKind.STRING, re.compile(r"'(?:[^']|'')*'")),
    (TokenKind.QUOTED, re.compile(r'"[^"\\]*"')),
    (TokenKind.NAME, re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*", re.ASCII)),
    (TokenKind.SIGN, re.compile(r"[(),/:=@\[\]{}\"]")),
)


def tokenize(text: str) -> Iterator[Token]:
    """Yield the tokens of a filter and an end token. Raise `DataverseError` if the text is invalid."""
    if len(text) > MAX_LENGTH:
        raise bad_query(f"The filter is longer than {MAX_LENGTH} characters.")
    at = _skip_space(text, 0)
    while at < len(text):
        token = _token(text, at)
        yield token
        at = _skip_space(text, at + len(token.text))
    yield Token(TokenKind.END, "", at)


def _token(text: str, at: int) -> Token:
    for kind, pattern in _PATTERNS:
        found = pattern.match(text, at)
        if found:
            return Token(kind, found[0], at)
    if text[at] == "'":
        raise bad_query(f"There is an unterminated literal at position {at} in '{text}'.")
    raise bad_query(f"Syntax error: character '{text[at]}' is not valid at position {at} in '{text}'.")


def _skip_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
