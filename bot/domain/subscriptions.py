"""Microsoft Graph subscriptions to chat changes: their targets, and when to renew or retry them. Pure."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.values import ChatId, EnvironmentId

MAX_LIFETIME = timedelta(minutes=4320)
"""Maximum lifetime of a chat subscription ("Subscription lifetime", Microsoft Graph)."""
LIFETIME = MAX_LIFETIME - timedelta(minutes=15)
"""Requested lifetime. Graph rejects an expiration that is too late by its own clock, which may be behind ours."""
MAX_SUBSCRIPTIONS = 10_000
"""Subscriptions of an organization ("Change notifications: supported resources", Microsoft Graph)."""

_MARGIN = timedelta(hours=24)
"""Latest renewal before the expiration, so that a day without Graph loses no subscription."""
_SPREAD = timedelta(hours=12)
"""Period over which renewals are spread if many subscriptions were created in one hour."""


class Scope(StrEnum):
    """The changes that a subscription reports."""

    TOPICS = "topics"
    """New names of all chats that have the app."""
    MEMBERS = "members"
    """Members who join or leave the chats that have the app."""
    CHAT = "chat"
    """New names of one chat. An app can have no other subscription on it, so members come from the bot's own events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionTarget:
    """The target of a subscription."""

    scope: Scope
    chat: ChatId | None = None
    """Set only with `Scope.CHAT`."""

    @property
    def key(self) -> str:
        """Unique key, which `target_from_key` parses."""
        return f"{self.scope} {self.chat}" if self.chat else self.scope.value

    def covers(self, chat: ChatId) -> bool:
        """Check whether the subscription reports changes of this chat."""
        return self.chat in {None, chat}


TOPICS, MEMBERS = SubscriptionTarget(scope=Scope.TOPICS), SubscriptionTarget(scope=Scope.MEMBERS)
ALL_CHATS_TARGETS = (TOPICS, MEMBERS)
"""Two subscriptions that cover every chat that has the app."""


def chat_target(chat: ChatId) -> SubscriptionTarget:
    """Return the subscription on one chat."""
    return SubscriptionTarget(scope=Scope.CHAT, chat=chat)


def target_from_key(key: str) -> SubscriptionTarget:
    """Parse the key of a subscription target."""
    scope, _, chat = key.partition(" ")
    return SubscriptionTarget(scope=Scope(scope), chat=ChatId(chat) if chat else None)


class SubscriptionError(StrEnum):
    """Reason why a wanted subscription does not exist."""

    NOT_ALLOWED = "not allowed"
    """The app lacks the permission, or the organization has reached its limit."""
    NOT_FOUND = "not there"
    """The chat does not exist, or the app is not in the organization's catalog."""
    UNREACHABLE = "not reached"
    """Graph did not get the right response at our address."""
    NO_ANSWER = "no answer"
    """Graph did not respond, or asked to wait."""

    @property
    def permanent(self) -> bool:
        """True if an administrator must act first."""
        return self in {SubscriptionError.NOT_ALLOWED, SubscriptionError.NOT_FOUND}


_RETRY_AFTER = {
    SubscriptionError.NOT_ALLOWED: timedelta(hours=6),
    SubscriptionError.NOT_FOUND: timedelta(hours=6),
    SubscriptionError.UNREACHABLE: timedelta(minutes=15),
    SubscriptionError.NO_ANSWER: timedelta(minutes=5),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A subscription that exists or should exist."""

    target: SubscriptionTarget
    wanted: bool = True
    id: str | None = None
    """Graph's ID; None if there is no subscription."""
    expires_at: datetime | None = None
    """Expiration of the last subscription; None if there never was one."""
    fingerprint: str = ""
    """Fingerprint of the address, client state, and certificate of the subscription."""
    needs_refresh: bool = False
    """True if notifications were missed, so that its chats must be fetched again."""
    error: SubscriptionError | None = None


class SubscriptionStep(StrEnum):
    """The next step for a subscription."""

    CREATE = "make"
    RECREATE = "remake"
    REFRESH = "reread"
    RENEW = "renew"
    DELETE = "end"


def next_step(subscription: Subscription, fingerprint: str, now: datetime) -> SubscriptionStep:
    """Return the next step for a subscription that is due. `fingerprint` is the current fingerprint."""
    if not subscription.wanted:
        return SubscriptionStep.DELETE
    if subscription.id is None or subscription.expires_at is None or subscription.expires_at <= now:
        return SubscriptionStep.CREATE
    if subscription.fingerprint != fingerprint:
        return SubscriptionStep.RECREATE
    return SubscriptionStep.REFRESH if subscription.needs_refresh else SubscriptionStep.RENEW


def renewal_at(target: SubscriptionTarget, expires_at: datetime) -> datetime:
    """Return the renewal time: a day to a day and a half before the expiration, different for each target."""
    share = int.from_bytes(hashlib.sha256(target.key.encode()).digest()[:2]) / 0xFFFF
    return expires_at - _MARGIN - share * _SPREAD


def next_attempt_at(error: SubscriptionError, now: datetime, retry_after_s: float | None = None) -> datetime:
    """Return the time of the next attempt, which respects the requested delay."""
    return now + max(_RETRY_AFTER[error], timedelta(seconds=retry_after_s or 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncedEnvironment:
    """An environment with sync on, and the time since which its chats must have had activity (spec Y3)."""

    environment: EnvironmentId
    active_since: datetime | None
    """None for no limit."""


class LifecycleEvent(StrEnum):
    """A lifecycle event of Graph ("Reduce missing subscriptions and change notifications")."""

    REAUTHORIZE = "reauthorizationRequired"
    REMOVED = "subscriptionRemoved"
    MISSED = "missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatNotification:
    """A notification that a chat or its members changed, without any other content (spec S6)."""

    subscription: str
    chat: ChatId
    has_topic: bool = False
    """True if the notification contains the chat's name."""
    topic: str | None = None
    """The name, if the chat has one."""
    at: datetime | None = None
    """Time of the change, if the notification contains it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleNotification:
    """A lifecycle event of one subscription."""

    subscription: str
    event: LifecycleEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedNotifications:
    """Verified notifications of one POST request, and the number of rejected ones."""

    chats: Sequence[ChatNotification]
    subscriptions: Sequence[LifecycleNotification]
    rejected: int
