"""Jobs in the store: pending events, work on a chat or an environment, and chat sync."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.key_fields import RecordEvent
from bot.domain.values import ChatId, ConnectionId, EnvironmentId


class JobKind(StrEnum):
    """Kinds of jobs for a chat, an environment, or a card."""

    CATCH_UP = "catch up"
    """Notify a chat of the changes that it missed, for all its records (spec K9)."""
    HELD_CHANGES = "held changes"
    """Decide again about the held changes of a chat, and post those whose time has come (spec V1)."""
    END_MUTE = "end mute"
    """Do the same after a person ended a mute, and say so (spec V2)."""
    FOLLOW_SETTINGS = "follow settings"
    """Apply an environment's settings to its webhook."""
    TAKE_VALUES = "take values"
    """Read the values of columns that began to be watched, and forget those of columns that ceased to be."""
    FOLLOW_RULES = "follow rules"
    """Apply an environment's default and locked rules to held changes and live cards (spec V9)."""
    SYNC_ALL = "sync all"
    """Update the rows of all synchronized chats of an environment."""
    POST_CARD = "post card"
    """Post a live card or a summary card, or edit it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatJob:
    """Work on one chat. Requests before it starts share one job."""

    kind: JobKind
    chat_id: ChatId
    text: str = ""
    """The sentence that the chat is told in any case."""
    retries: int = 0
    """The number of earlier runs that could not read the same records."""
    unread: tuple[ConnectionId, ...] = ()
    """The connections whose records the last run could not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentJob:
    """Work on one environment. Requests before it starts share one job."""

    kind: JobKind
    environment: EnvironmentId


@dataclass(frozen=True, slots=True, kw_only=True)
class CardJob:
    """Work on one card that is edited. Requests before it starts share one job."""

    kind: JobKind
    card_id: int


Job = ChatJob | EnvironmentJob | CardJob


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingWork:
    """Pending work in a lane of the inbox, in order of arrival: a record's events, or one job."""

    keys: Sequence[str]
    events: Sequence[RecordEvent] = ()
    job: Job | None = None
    correlation_id: str
    """The correlation id of the latest arrival."""
    traces: Sequence[str] = ()
    """The traces that the work continues, in order of arrival."""
    is_unreadable: bool = False
    """True if nothing in the lane can be read, for example because another version stored it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncJob:
    """A pending update of a chat's Dataverse rows."""

    chat_id: ChatId
    request_count: int
    """The number of requests. If it grows during the update, the job runs again."""
    fetch: bool
    """True if members and topic must be fetched from Teams."""
    correlation_id: str
    trace: str | None = None
    """The trace of the latest request."""


_ENDS = (".", "。", "؟", "!", "?")


def in_sentences(*texts: str) -> str:
    """Return the texts of jobs as sentences in a row. Versions before the languages stored them without a period."""
    return " ".join(text if text.endswith(_ENDS) else f"{text}." for text in texts if text)
