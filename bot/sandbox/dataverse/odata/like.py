"""Pattern matching of Dataverse's text functions ("Wildcard characters in conditions").

`%` matches any characters, `_` one character, `[abc]` and `[a-c]` one of these, and `[^abc]` any other character.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

_CharacterTest: TypeAlias = Callable[[str], bool]
_ANY = None
_Atom: TypeAlias = _CharacterTest | None
"""Test for one character, or None for any number of characters."""

_WILDCARDS = {"like": ("", ""), "contains": ("%", "%"), "startswith": ("", "%"), "endswith": ("%", "")}


def text_test(function: str, pattern: str) -> Callable[[str], bool]:
    """Return a test for case-folded text that contains, starts with, or ends with the pattern."""
    before, after = _WILDCARDS[function]
    atoms = _atoms(before + pattern.casefold() + after)
    return lambda text: _matches(atoms, text)


def _atoms(pattern: str) -> Sequence[_Atom]:
    atoms: list[_Atom] = []
    at = 0
    while at < len(pattern):
        end = pattern.find("]", at + 2) if pattern[at] == "[" else -1
        if end > 0:
            atoms.append(_one_of(pattern[at + 1 : end]))
            at = end + 1
            continue
        atoms.append(_atom(pattern[at]))
        at += 1
    return atoms


def _atom(character: str) -> _Atom:
    if character == "%":
        return _ANY
    return (lambda _: True) if character == "_" else character.__eq__


def _one_of(inside: str) -> _CharacterTest:
    negated = inside.startswith("^")
    allowed = _ranges(inside[negated:])
    return lambda character: any(low <= character <= high for low, high in allowed) is not negated


def _ranges(inside: str) -> Sequence[tuple[str, str]]:
    """Parse the ranges in brackets. A single character is a range of itself."""
    ranges: list[tuple[str, str]] = []
    at = 0
    while at < len(inside):
        is_range = inside[at + 1 : at + 2] == "-" and at + 2 < len(inside)
        ranges.append((inside[at], inside[at + 2] if is_range else inside[at]))
        at += 3 if is_range else 1
    return ranges


def _matches(atoms: Sequence[_Atom], text: str) -> bool:
    """Match greedily and backtrack to the last `%` only, so that time is bounded by the product of both lengths."""
    at = atom = 0
    last_wildcard, resume = -1, 0
    while at < len(text):
        test = atoms[atom] if atom < len(atoms) else None
        if test is not None and test(text[at]):
            at, atom = at + 1, atom + 1
        elif atom < len(atoms) and test is _ANY:
            last_wildcard, resume, atom = atom, at, atom + 1
        elif last_wildcard >= 0:
            resume += 1
            at, atom = resume, last_wildcard + 1
        else:
            return False
    return all(rest is _ANY for rest in atoms[atom:])
