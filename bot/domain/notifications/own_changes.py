"""Changes that people made on the cards of a chat (spec V3)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.key_fields import RecordEvent
from bot.domain.values import ChatId, RecordRef, UserId

RowVersion = tuple[UserId | None, datetime | None]
"""The author and the time of the last change of a row, which its event reports as well."""

OwnChanges = Mapping[ChatId, Collection[RowVersion]]
"""The versions of a record that the cards of each chat made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnChange:
    """A change that a person made on a card."""

    chat_id: ChatId
    record: RecordRef
    user: UserId
    modified_at: datetime
    """The time that the row has as its last modification."""


def version_of(event: RecordEvent) -> RowVersion:
    """Return the version of the row after the event."""
    return event.changed_by, event.modified_at
