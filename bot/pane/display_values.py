"""Texts and times as JSON. Texts from outside leave without control and direction characters."""

from datetime import UTC, datetime

from bot.text.typed_text import on_one_line
from cards.text import plain

MAX_NAME = 400
"""Characters of a name."""
MAX_SENTENCES = 1_000
"""Characters of an answer, or of an error."""


def display_text(text: str) -> str:
    """Return the text on one line, without characters that change the text around it."""
    return on_one_line(text)[:MAX_NAME]


def display_sentences(text: str) -> str:
    """Return sentences of the program, which can contain names, on one line. No name turns the words around it."""
    return plain(text, limit=MAX_SENTENCES)


def display_time(at: datetime) -> str:
    """Return the time for scripts, which show it in the zone of the browser."""
    return at.astimezone(UTC).isoformat(timespec="seconds")
