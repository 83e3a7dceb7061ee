"""Write plain text to rich text columns, so that it shows as it was written."""

import re

from bot.text.html_elements import unescape

_MARKUP_START = re.compile(r"<(?=[A-Za-z/!?])|&(?=#[0-9Xx]|([A-Za-z][A-Za-z0-9]{0,31};?))")
"""A character at which HTML can begin a tag, a comment, or an entity ("HTML Living Standard", tokenization)."""


def escape_markup(text: str) -> str:
    """Return the text with its markup escaped, for a column that is rendered as HTML. Text without markup is unchanged.

    The timeline of Dynamics 365 renders notes as rich text ("Add and configure the timeline control", rich text notes).
    There, markup of a message could add links and pictures, or hide the lines that name who saved it.
    """
    return _MARKUP_START.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    if found[0] == "<":
        return "&lt;"
    name = found[1]
    is_entity = name is None or unescape(f"&{name}") != f"&{name}"
    return "&amp;" if is_entity else "&"
