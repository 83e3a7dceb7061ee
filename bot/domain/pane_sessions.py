"""Sessions of people in the pane (spec P7). Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from bot.domain.values import ObjectId

IDLE_FOR = timedelta(minutes=30)
"""Time without use after which a session ends."""
LASTS_FOR = timedelta(hours=10)
"""Time after which a session ends in any case."""
SAVED_EVERY = timedelta(minutes=1)
"""Accuracy of the time of the last use, so that most requests write nothing."""
CHECKED_EVERY = timedelta(minutes=5)
"""Time after which the account behind a session is checked again."""
MAX_SESSIONS = 50
"""Sessions of a person. Another one takes the place of the one that was not used for the longest time."""


class PaneHost(StrEnum):
    """The program that shows the pane, and that proves who the person is."""

    TEAMS = "teams"
    DYNAMICS = "dynamics"
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
    checked_at: datetime
    """The last time at which the person proved who they are, or the account was found to be enabled."""
    check_due_at: datetime
    """The time from which the account is to be checked again."""

    def used(self, at: datetime | None) -> Self:
        """Return the session after a use at this time, if any."""
        return self if at is None or at <= self.used_at else replace(self, used_at=at)

    def is_over(self, at: datetime) -> bool:
        """Check whether the session has ended at this time.

        In Dynamics 365, no new token proves the person: there, a session lasts only as long as the checks succeed.
        """
        needs_checks = self.identity.host is PaneHost.DYNAMICS
        last = min(self.used_at, self.checked_at) if needs_checks else self.used_at
        return at - last >= IDLE_FOR or at - self.begun_at >= LASTS_FOR

    def is_check_due(self, at: datetime) -> bool:
        """Check whether the account is to be checked at this time. People of the sandbox have none."""
        return self.identity.host is not PaneHost.SANDBOX and at >= self.check_due_at

    def is_saved(self, at: datetime) -> bool:
        """Check whether the stored time of the last use is accurate enough at this time."""
        return at - self.used_at < SAVED_EVERY


def new_session(identity: PaneIdentity, at: datetime) -> PaneSession:
    """Return a session of a person who was proved at this time."""
    return PaneSession(identity=identity, begun_at=at, used_at=at, checked_at=at, check_due_at=at + CHECKED_EVERY)
