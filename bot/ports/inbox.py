"""What is kept until what follows from it is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.domain.key_fields import RecordEvent
from bot.domain.values import ChatId, EnvironmentId, RecordRef


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
class Waiting:
    """What waits in a lane of the inbox, in the order in which it came: a record's events, or one job."""

    keys: Sequence[str]
    events: Sequence[RecordEvent] = ()
    job: Job | None = None
    correlation_id: str
    """Of what came last."""


class Inbox(Protocol):
    """Events that are kept until what follows from them is kept."""

    async def keep(self, event: RecordEvent, *, at: datetime, due_at: datetime) -> bool:
        """Keeps the event; False where it was kept before. The first waiting event of a record says when it is due."""
        ...

    async def ask(self, job: Job, *, at: datetime, due_at: datetime) -> None:
        """Keeps the job, unless the same one waits already and nobody has begun with it."""
        ...

    async def expects(self, records: Sequence[RecordRef]) -> frozenset[RecordRef]:
        """Those of the records of which an event waits."""
        ...

    async def waiting(self, lanes: Sequence[str]) -> Mapping[str, Waiting]:
        """What waits in each lane that holds something."""
        ...

    async def done(self, keys: Sequence[str], *, at: datetime) -> None:
        """What follows is kept in the same transaction, or nothing follows."""
        ...

    async def failed(self, lane: str, reason: str, *, park_older_than: datetime, at: datetime) -> int:
        """Counts an attempt on the lane's events, and gives their number; older ones are parked with the reason."""
        ...
