"""How much room a card has for what people fill in on it. Pure.

Each figure is the most that something can take in a card's JSON, so that what fits by them always does.
"""

from collections.abc import Mapping
from string import punctuation

MAX_INPUT_BYTES = 19_250
"""Bytes for the inputs of a card: as much as five long texts in any script. Teams takes 28 KB ("Message size limits"),
and the rest of it is for what stands around them.
"""

MAX_LABEL_LENGTH = 120
"""Characters of a choice's label that a card shows."""

_INPUT = 650
"""An input but for what it holds: its label in any script, its names, and the mark of what it held."""
_CHOICE = 24
_ESCAPED = 3
"""Bytes that a punctuation mark may take besides its own, as some mean something in Markdown or in JSON."""
_CHARACTER = 4


def max_bytes_of_choices(labels: Mapping[int, str]) -> int:
    """Bytes of an input with these choices."""
    return _INPUT + sum(_CHOICE + len(str(number)) + _max_bytes_of_label(label) for number, label in labels.items())


def max_bytes_of_text(longest: int) -> int:
    """Bytes of an input for a text of so many characters."""
    return _INPUT + _CHARACTER * longest


def max_bytes_of_toggle() -> int:
    """Bytes of an input for a day, or for yes or no."""
    return _INPUT


def _max_bytes_of_label(label: str) -> int:
    shown = label[:MAX_LABEL_LENGTH]
    marks = sum(character in punctuation for character in shown)
    return len(shown.encode(errors="replace")) + _ESCAPED * marks
