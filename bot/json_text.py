"""JSON from and to other systems.

Some systems cut texts in the middle of an emoji and send the half that remains, which is not valid Unicode. Such a
character, and NUL, which the database cannot store, are replaced. They must not make everything beside them unreadable.
"""

import re
from collections.abc import Callable
from typing import Any

import orjson

REPLACEMENT = "\ufffd"

_NUL = rb"\u0000"
# Escapes are matched in order, so that an escaped backslash before `ud800` stays what it is.
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u(?:[dD][89a-fA-F][0-9a-fA-F]{2}|0000))|.)",
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
        repaired = _repaired(content)
        if repaired == content:
            raise
        return orjson.loads(repaired)


def dumps(value: Any, *, default: Callable[[Any], Any] | None = None, option: int | None = None) -> bytes:
    """Encode a value as JSON; raise TypeError for a type without a JSON form."""
    try:
        return orjson.dumps(value, default=default, option=option)
    except TypeError:
        return orjson.dumps(_clean(value, default), default=default, option=option)


def replace_surrogates(text: str) -> str:
    """Return the text with a replacement for each half of a surrogate pair."""
    return text if text.isascii() else _SURROGATE.sub(REPLACEMENT, text)


def _repaired(content: bytes) -> bytes:
    """Return the JSON with replacements for bytes that are not UTF-8, and for escapes of halves and of NUL."""
    escaped = REPLACEMENT.encode()
    return _ESCAPE.sub(lambda found: escaped if found[1] else found[0], content.decode(errors="replace").encode())


def _clean(value: Any, default: Callable[[Any], Any] | None) -> Any:
    """Return a copy of the value without halves of surrogate pairs."""
    match value:
        case str():
            return replace_surrogates(value)
        case dict():
            return {_clean(name, default): _clean(each, default) for name, each in value.items()}
        case list() | tuple():
            return [_clean(each, default) for each in value]
        case None | bool() | int() | float() | orjson.Fragment():
            return value
        case _ if default:
            return _clean(default(value), default)
        case _:
            return value
