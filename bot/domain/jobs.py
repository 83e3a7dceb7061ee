"""Jobs that wait in the store: a record's events, work on a chat or an environment, and chat synchronization."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.key_fields import RecordEvent
from bot.domain.values import ChatId, EnvironmentId


class JobKind(StrEnum):
    """What can be asked for a chat or an environment."""

    CATCH_UP = "catch up"
    """Telling a chat what it missed of all its records (spec K9)."""
    FOLLOW_SETTINGS = "follow settings"
    """Having an environment tell of what its settings ask for."""
    SYNC_ALL = "sync all"
    """Bringing the rows of all synced chats of an environment up to date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatJob:
    """Work on one chat: done once, however often it was asked for meanwhile."""

    kind: JobKind
    chat_id: ChatId


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentJob:
    """Work on one environment: done once, however often it was asked for meanwhile."""

    kind: JobKind
    environment: EnvironmentId


Job = ChatJob | EnvironmentJob


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingWork:
    """What waits in a lane of the inbox, in the order in which it came: a record's events, or one job."""

    keys: Sequence[str]
    events: Sequence[RecordEvent] = ()
    job: Job | None = None
    correlation_id: str
    """Of what came last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncJob:
    """A chat whose rows are to be brought up to date."""

    chat_id: ChatId
    request_count: int
    """Counts how often it was asked for: what is asked for meanwhile is done once more."""
    fetch: bool
    """Whether Teams is to be asked who is in the chat and what it is called."""
    correlation_id: str
