"""Sessions of people in the pane (spec P7). Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.values import ObjectId

IDLE_FOR = timedelta(minutes=30)
"""Time without use after which a session ends."""
LASTS_FOR = timedelta(hours=10)
"""Time after which a session ends in any case."""
SAVED_EVERY = timedelta(minutes=1)
"""Accuracy of the time of the last use, so that most requests write nothing."""


class PaneHost(StrEnum):
    """The program that shows the pane, and that proves who the person is."""

    TEAMS = "teams"
    SANDBOX = "sandbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaneIdentity:
    """A person, as the host proved them."""

    object_id: ObjectId
    tenant_id: str
    """The tenant in lowercase; empty in the sandbox, which has none."""
    host: PaneHost


@dataclass(frozen=True, slots=True, kw_only=True)
class PaneSession:
    """A session, which only the person's page knows by its token."""

    identity: PaneIdentity
    begun_at: datetime
    used_at: datetime

    def is_over(self, at: datetime) -> bool:
        """Check whether the session has ended at this time."""
        return at - self.used_at >= IDLE_FOR or at - self.begun_at >= LASTS_FOR

    def is_saved(self, at: datetime) -> bool:
        """Check whether the stored time of the last use is accurate enough at this time."""
        return at - self.used_at < SAVED_EVERY
