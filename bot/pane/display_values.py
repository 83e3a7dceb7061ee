"""Texts and times as JSON. Texts from outside leave without control and direction characters."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.text.typed_text import on_one_line
from cards.text import isolate, plain
from cards.timed_text import TIME
from cards.translator import Translator

MAX_NAME = 400
"""Characters of a name."""
MAX_SENTENCES = 1_000
"""Characters of an answer, or of an error."""

_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"


def display_text(text: str) -> str:
    """Return the text on one line, without characters that change the text around it."""
    return on_one_line(text)[:MAX_NAME]


def display_name(t: Translator, name: str) -> str:
    """Return the name for a sentence. A name in another direction does not turn the words around it."""
    clean = display_text(t.show(name)).replace(TIME, "")
    return f"{_ISOLATE}{clean}{_END_OF_ISOLATE}" if t.is_right_to_left else isolate(clean)


def display_sentences(text: str) -> str:
    """Return sentences of the program, which can contain names, on one line. No name turns the words around it."""
    return plain(text, limit=MAX_SENTENCES)


def display_time(at: datetime) -> str:
    """Return the time for scripts, which show it in the zone of the browser."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def timed_values(sentence: str, at: datetime | None) -> Mapping[str, Any]:
    """Return a sentence, in which `TIME` stands for the time, or before the time.

    The page writes the time by the reader's clock.
    """
    before, _, after = sentence.partition(TIME)
    return {"text": before.rstrip(), "at": display_time(at) if at else None, "after": after}
