"""Records that people have open in the pane (spec P14). Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.values import ObjectId, RecordRef

SEEN_FOR = timedelta(seconds=60)
"""Time for which a record counts as open after its pane last asked for news. Hidden panes do not ask."""
SAVED_EVERY = timedelta(seconds=20)
"""Accuracy of the stored time. A visible pane asks again long before both times together are over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPane:
    """The record that a pane shows."""

    person: ObjectId
    record: RecordRef
    seen_at: datetime

    def is_saved(self, record: RecordRef, at: datetime) -> bool:
        """Check whether this stored state is accurate enough for a pane that shows the record at this time."""
        return self.record == record and at - self.seen_at < SAVED_EVERY
