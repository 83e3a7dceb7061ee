"""JSON from and to other systems.

Some systems cut texts in the middle of an emoji and send the half that remains, which is not valid Unicode. Such a
character is replaced. So is NUL, which the database cannot store. They must not spoil what is beside them.
"""

import re
from collections.abc import Callable
from typing import Any

import orjson

REPLACEMENT = "\ufffd"
"""Replacement for half of a surrogate pair."""

_NUL = rb"\u0000"
# Escapes are matched in order, so that an escaped backslash before `ud800` stays what it is.
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|(u0000)|.)",
    re.DOTALL,
)
_SURROGATE = re.compile("[\ud800-\udfff]")


def loads(content: bytes) -> Any:
    """Parse JSON; raise `orjson.JSONDecodeError` if it is malformed."""
    if _NUL in content:
        content = _repaired(content)
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        valid = _repaired(content)
        if valid == content:
            raise
        return orjson.loads(valid)


def dumps(value: Any, *, default: Callable[[Any], Any] | None = None, option: int | None = None) -> bytes:
    """Encode a value as JSON; raise TypeError for a type without a JSON form."""
    try:
        return orjson.dumps(value, default=default, option=option)
    except TypeError:
        return orjson.dumps(without_halves(value, default), default=default, option=option)


def without_halves(value: Any, default: Callable[[Any], Any] | None = None) -> Any:
    """Return a copy of a JSON value with a replacement for each half of a surrogate pair.

    `default` converts values of other types.
    """
    match value:
        case str():
            return value if value.isascii() else _SURROGATE.sub(REPLACEMENT, value)
        case dict():
            return {without_halves(name, default): without_halves(each, default) for name, each in value.items()}
        case list() | tuple():
            return [without_halves(each, default) for each in value]
        case None | bool() | int() | float() | orjson.Fragment():
            return value
        case _:
            return without_halves(default(value), default) if default else value


def _repaired(content: bytes) -> bytes:
    """Return the JSON with replacements for invalid bytes and halves, and with spaces for NUL."""
    half = REPLACEMENT.encode()
    return _ESCAPE.sub(
        lambda found: half if found[1] else b" " if found[2] else found[0], content.decode(errors="replace").encode()
    )
