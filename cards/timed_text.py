"""Sentences with a time, for cards and for pages. The reader's clock decides how the time is written."""

from dataclasses import dataclass
from datetime import datetime

from cards.text import escape, local_time

TIME = "\ue000"
"""Stands for the time in the text."""
_LONGEST = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedText:
    """Sentences as plain text, one of which contains a time."""

    text: str
    """All of the text, in which `TIME` stands for the time."""
    at: datetime | None = None

    @property
    def before(self) -> str:
        """The text before the time, or all of it."""
        return self.text.partition(TIME)[0].rstrip()

    @property
    def after(self) -> str:
        """The text after the time, beginning with punctuation."""
        return self.text.partition(TIME)[2]


def render_timed(timed: TimedText) -> str:
    """Return the sentences in the format of cards."""
    shown = escape(timed.text, limit=_LONGEST)
    return shown.replace(TIME, local_time(timed.at), 1) if timed.at else shown
