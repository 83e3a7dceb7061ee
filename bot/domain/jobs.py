"""Jobs in the store: pending events, work on a chat or an environment, and chat sync."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.key_fields import RecordEvent
from bot.domain.values import ChatId, ConnectionId, EnvironmentId


class JobKind(StrEnum):
    """Kinds of jobs for a chat or an environment."""

    CATCH_UP = "catch up"
    """Notify a chat of the changes that it missed, for all its records (spec K9)."""
    FOLLOW_SETTINGS = "follow settings"
    """Apply an environment's settings to its webhook."""
    TAKE_VALUES = "take values"
    """Read the values of columns that began to be watched, and forget those of columns that ceased to be."""
    SYNC_ALL = "sync all"
    """Update the rows of all synchronized chats of an environment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatJob:
    """Work on one chat. Requests before it starts share one job."""

    kind: JobKind
    chat_id: ChatId
    retries: int = 0
    """The number of earlier runs that could not read the same records."""
    unread: tuple[ConnectionId, ...] = ()
    """The connections whose records the last run could not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentJob:
    """Work on one environment. Requests before it starts share one job."""

    kind: JobKind
    environment: EnvironmentId


Job = ChatJob | EnvironmentJob


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingWork:
    """Pending work in a lane of the inbox, in order of arrival: a record's events, or one job."""

    keys: Sequence[str]
    events: Sequence[RecordEvent] = ()
    job: Job | None = None
    correlation_id: str
    """The correlation id of the latest arrival."""
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
