"""Texts that people type or paste, without what they cannot see and did not mean.

Clients add invisible characters, make quotes and dashes typographic, and use the digits of the keyboard's language.
Each function reads its text once, so that the time is linear.
"""

import re
import unicodedata

MAX_FORM_LENGTH = 400
"""Characters of a text that are put into another form. Longer texts are not the name of a record."""

# Format marks, fillers, and controls are never seen. Joiners and selectors change how the characters around them look.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e001f"
    "\U000e0080-\U000e00ff\U000e01f0-\U000e0fff]+"
)
_JOINERS = "\u034f\u200c\u200d\ufe00-\ufe0f\U000e0020-\U000e007f\U000e0100-\U000e01ef"
_USELESS_JOINERS = re.compile(f"(?<![^\x00-\x7f])[{_JOINERS}]+")
_ALL_JOINERS = re.compile(f"[{_JOINERS}]+")
_BLANK = "\u2800"
_DASHES = re.compile("[\u02d7\u058a\u2010-\u2015\u2043\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d]")
_NOT_ASCII = re.compile("[^\x00-\x7f]")


def without_unseen(text: str) -> str:
    """Return the text without characters that nobody sees. Emoji and joined letters stay as they are."""
    if text.isascii():
        return text if text.isprintable() else _UNSEEN.sub("", text)
    seen = _UNSEEN.sub("", text)
    return _USELESS_JOINERS.sub("", seen)


def on_one_line(text: str) -> str:
    """Return the text on one line, without unseen characters, and with one space for each run of white space."""
    return " ".join(without_unseen(text).replace(_BLANK, " ").split())


def simple_form(text: str) -> str:
    """Return the beginning of the text with plain digits, dashes, and letters, on one line.

    Texts that look alike have the same form, such as a number with full-width digits or with an en dash.
    """
    line = on_one_line(text[:MAX_FORM_LENGTH])
    if line.isascii():
        return line
    form = unicodedata.normalize("NFKC", _DASHES.sub("-", line))
    seen = _ALL_JOINERS.sub("", _UNSEEN.sub("", form))
    return " ".join(_NOT_ASCII.sub(_simple, seen).split())


def _simple(found: re.Match[str]) -> str:
    """Return the ASCII digit or dash for a character, or else the character."""
    character = found[0]
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    return "-" if unicodedata.category(character) == "Pd" else character
