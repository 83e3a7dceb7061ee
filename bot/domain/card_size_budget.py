"""Space that inputs take on a card, in bytes of JSON. Pure.

Each figure is an upper bound, so inputs that fit by these figures always fit on the card.
"""

from collections.abc import Mapping
from string import punctuation

MAX_INPUT_BYTES = 19_250
"""Bytes for the inputs of a card, enough for five long texts in any script. Teams accepts cards of 28 KB ("Message size
limits"). The rest is for everything around the inputs.
"""

MAX_LABEL_LENGTH = 120
"""Characters of a choice's label that a card shows."""

_INPUT = 650
"""Bytes of an input without its value: its label in any script, its names, and the digest of its old value."""
_CHOICE = 24
_ESCAPED = 3
"""Extra bytes for a punctuation mark, because some marks are escaped in Markdown or JSON."""
_CHARACTER = 4


def max_bytes_of_choices(labels: Mapping[int, str]) -> int:
    """Return the bytes of an input with these choices."""
    return _INPUT + sum(_CHOICE + len(str(number)) + _max_bytes_of_label(label) for number, label in labels.items())


def max_bytes_of_text(longest: int) -> int:
    """Return the bytes of a text input with this many characters."""
    return _INPUT + _CHARACTER * longest


def max_bytes_of_toggle() -> int:
    """Return the bytes of a date input or a toggle."""
    return _INPUT


def _max_bytes_of_label(label: str) -> int:
    shown = label[:MAX_LABEL_LENGTH]
    marks = sum(character in punctuation for character in shown)
    return len(shown.encode(errors="replace")) + _ESCAPED * marks
