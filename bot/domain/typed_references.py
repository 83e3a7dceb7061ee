"""Parse what a person typed to name records: links, numbers, and words of a name. Pure.

A number is only a hint. Names can look like numbers, so that no search leaves out names because of it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.domain.record_links import find_addresses, without_addresses
from bot.text.typed_text import on_one_line, simple_form

MAX_WORDS_LENGTH = 100
"""Characters of words that are searched for."""

MAX_NUMBERS = 5
"""Numbers of one text that are read."""

_EDGES = (
    "\"'`*_~#.,;:!?()[]{}<>|/\\\xa1\xab\xb4\xb7\xbb\xbf\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2022\u2026"
    "\u2039\u203a\u3001\u3002\u3008\u3009\u300a\u300b\u300c\u300d\u300e\u300f\u3010\u3011\u3014\u3015"
)
"""Quotes, brackets, and punctuation around what is meant."""
_LOOSE_DASH = re.compile(r"(?<![A-Za-z])([A-Za-z]{1,10}) ?[-_\u30fc]+ ?(?=\d)")
_TOKEN = re.compile(r"[^\W_](?:[\w.'-]*[^\W_])?")
_NUMBER = re.compile(r"([A-Za-z]{1,10}(?:-[A-Za-z]{1,10}){0,2})(-?)(\d[A-Za-z0-9_-]{0,40})")
_PREFIX = re.compile(r"[A-Za-z]{2,6}")
_DIGITS = re.compile(r"\d{3}[A-Za-z0-9-]{0,40}")

_KINDS = "account article case contact conversation email lead number opportunity record task ticket"
_AROUND_WORDS = frozenset(f"a an for please pls plz the to with {_KINDS}".split())
"""Words before or after a name that are not part of it, if no name contains them."""
_POLITE = "about also and are as both cases chat chats hello here hi in is it me my no nr now of on or our records"
_AROUND_NUMBERS = _AROUND_WORDS | frozenset(f"{_POLITE} thank thanks that this us we you".split())
"""Words beside numbers that say nothing about a record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedReferences:
    """The parts of a text that can name records."""

    addresses: tuple[str, ...]
    literal: str
    """The words as they were typed."""
    words: str
    """The words without quotes, punctuation, and polite words around them."""
    numbers: tuple[tuple[str, ...], ...]
    """The spellings of each number, the most literal one first."""
    rest: tuple[str, ...]
    """The other words in lowercase, without those that say nothing about a record."""

    @property
    def spellings(self) -> tuple[str, ...]:
        """The spellings of all numbers."""
        return tuple(dict.fromkeys(spelling for number in self.numbers for spelling in number))


def parse_references(text: str) -> TypedReferences:
    """Return the links, the numbers, and the words of the text."""
    literal = on_one_line(without_addresses(text))
    form = simple_form(literal)
    numbers, rest = _numbers(_TOKEN.findall(_LOOSE_DASH.sub(r"\1-", form)))
    is_only_number = len(numbers) == 1 and not rest
    return TypedReferences(
        addresses=tuple(find_addresses(text)),
        literal=literal[:MAX_WORDS_LENGTH].strip(),
        words=_dashed(numbers[0]) if is_only_number else _bare_words(form)[:MAX_WORDS_LENGTH].strip(),
        numbers=numbers,
        rest=rest,
    )


def _dashed(spellings: tuple[str, ...]) -> str:
    return next((spelling for spelling in spellings if "-" in spelling), spellings[0])


def _bare_words(form: str) -> str:
    words = [word for word in (word.strip(_EDGES) for word in form.split()) if word]
    begin, end = 0, len(words)
    while begin < end and words[begin].lower() in _AROUND_WORDS:
        begin += 1
    while end > begin and words[end - 1].lower() in _AROUND_WORDS:
        end -= 1
    return " ".join(words[begin:end])


def _numbers(tokens: Sequence[str]) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]:
    """Return the spellings of each number, and the other tokens."""
    numbers: dict[tuple[str, ...], None] = {}
    rest: list[str] = []
    for spellings, token in _spelled(tokens):
        if spellings and len(numbers) < MAX_NUMBERS:
            numbers[spellings] = None
        elif token not in _AROUND_NUMBERS:
            rest.append(token)
    return tuple(numbers), tuple(rest)


def _spelled(tokens: Sequence[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield each token in lowercase, with its spellings if it is a number. `CAS 01001` is one token."""
    joined = False
    for token, following in pairwise((*tokens, "")):
        if joined:
            joined = False
        elif _is_prefix(token) and _DIGITS.fullmatch(following):
            joined = True
            yield (f"{token}-{following}", f"{token} {following}", f"{token}{following}"), token
        else:
            yield _spellings(token), token.lower()


def _is_prefix(token: str) -> bool:
    return _PREFIX.fullmatch(token) is not None and token.lower() not in _AROUND_NUMBERS


def _spellings(token: str) -> tuple[str, ...]:
    found = _NUMBER.fullmatch(token)
    if not found:
        return ()
    letters, dash, digits = found.groups()
    return (token, f"{letters}{digits}" if dash else f"{letters}-{digits}")
