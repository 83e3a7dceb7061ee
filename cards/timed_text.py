"""Sentences with a time, for cards and for pages. The reader's clock decides how the time is written."""

from dataclasses import dataclass
from datetime import datetime

from cards.text import escape, local_time


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedText:
    """Sentences as plain text, one of which contains a time."""

    text: str
    """The text before the time, or all of it."""
    at: datetime | None = None
    after: str = ""
    """The text after the time, beginning with punctuation."""


def render_timed(timed: TimedText) -> str:
    """Return the sentences in the format of cards."""
    return escape(timed.text) + (f" {local_time(timed.at)}{escape(timed.after)}" if timed.at else "")
