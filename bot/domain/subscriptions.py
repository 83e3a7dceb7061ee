"""Being told by Microsoft Graph what changes in chats: what is subscribed to, and when it is seen to. Pure."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.values import ChatId, EnvironmentId

MAX_LIFETIME = timedelta(minutes=4320)
"""The longest that a subscription on chats lives ("Subscription lifetime", Microsoft Graph)."""
LIFETIME = MAX_LIFETIME - timedelta(minutes=15)
"""What is asked for: Graph refuses an end that is later by its own clock, and ours may be ahead of that."""
MAX_SUBSCRIPTIONS = 10_000
"""Subscriptions of an organisation ("Change notifications: supported resources", Microsoft Graph)."""

_MARGIN = timedelta(hours=24)
"""Renewed so long before the end at the latest: a day without Graph loses no subscription."""
_SPREAD = timedelta(hours=12)
"""Renewals of many that were made in one hour are spread over so long."""


class Scope(StrEnum):
    """What a subscription tells of."""

    TOPICS = "topics"
    """New names of all chats that have the app."""
    MEMBERS = "members"
    """Who joins and leaves the chats that have the app."""
    CHAT = "chat"
    """New names of one chat. The only subscription that an app may have on it: members come from the bot's events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionTarget:
    """What a subscription is for."""

    scope: Scope
    chat: ChatId | None = None
    """With `Scope.CHAT` alone."""

    @property
    def key(self) -> str:
        """The same for the same; `target_from_key` gives it back."""
        return f"{self.scope} {self.chat}" if self.chat else self.scope.value

    def covers(self, chat: ChatId) -> bool:
        """Whether it tells of this chat."""
        return self.chat in {None, chat}


TOPICS, MEMBERS = SubscriptionTarget(scope=Scope.TOPICS), SubscriptionTarget(scope=Scope.MEMBERS)
ALL_CHATS_TARGETS = (TOPICS, MEMBERS)
"""Two subscriptions that cover every chat which has the app."""


def chat_target(chat: ChatId) -> SubscriptionTarget:
    """The subscription on one chat."""
    return SubscriptionTarget(scope=Scope.CHAT, chat=chat)


def target_from_key(key: str) -> SubscriptionTarget:
    """The watch whose key it is."""
    scope, _, chat = key.partition(" ")
    return SubscriptionTarget(scope=Scope(scope), chat=ChatId(chat) if chat else None)


class SubscriptionError(StrEnum):
    """Why there is no subscription where one is wanted."""

    NOT_ALLOWED = "not allowed"
    """The app lacks the permission, or the organisation has no room for more."""
    NOT_FOUND = "not there"
    """The chat, or the app's entry in the organisation's catalog."""
    UNREACHABLE = "not reached"
    """Graph did not get the right answer at our address."""
    NO_ANSWER = "no answer"
    """Of Graph, or it asked to wait."""

    @property
    def permanent(self) -> bool:
        """Whether somebody has to do something about it first."""
        return self in {SubscriptionError.NOT_ALLOWED, SubscriptionError.NOT_FOUND}


_RETRY_AFTER = {
    SubscriptionError.NOT_ALLOWED: timedelta(hours=6),
    SubscriptionError.NOT_FOUND: timedelta(hours=6),
    SubscriptionError.UNREACHABLE: timedelta(minutes=15),
    SubscriptionError.NO_ANSWER: timedelta(minutes=5),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A subscription that there is or is to be."""

    target: SubscriptionTarget
    wanted: bool = True
    id: str | None = None
    """Graph's own; None where there is none."""
    expires_at: datetime | None = None
    """When the last one expires or expired; None where there never was one."""
    fingerprint: str = ""
    """Names the address, client state and certificate that it was made with."""
    needs_refresh: bool = False
    """Whether something was missed, so that its chats are to be looked at."""
    error: SubscriptionError | None = None


class SubscriptionStep(StrEnum):
    """What a subscription needs next."""

    CREATE = "make"
    RECREATE = "make anew"
    REFRESH = "reread"
    RENEW = "renew"
    DELETE = "end"


def next_step(subscription: Subscription, fingerprint: str, now: datetime) -> SubscriptionStep:
    """What a subscription needs that is due; `fingerprint`: what it would be made with today."""
    if not subscription.wanted:
        return SubscriptionStep.DELETE
    if subscription.id is None or subscription.expires_at is None or subscription.expires_at <= now:
        return SubscriptionStep.CREATE
    if subscription.fingerprint != fingerprint:
        return SubscriptionStep.RECREATE
    return SubscriptionStep.REFRESH if subscription.needs_refresh else SubscriptionStep.RENEW


def renewal_at(target: SubscriptionTarget, expires_at: datetime) -> datetime:
    """When a subscription is to be renewed: a day to a day and a half before its end, each at a time of its own."""
    share = int.from_bytes(hashlib.sha256(target.key.encode()).digest()[:2]) / 0xFFFF
    return expires_at - _MARGIN - share * _SPREAD


def next_attempt_at(error: SubscriptionError, now: datetime, retry_after_s: float | None = None) -> datetime:
    """When something that failed is tried again, not before who refused asked for it."""
    return now + max(_RETRY_AFTER[error], timedelta(seconds=retry_after_s or 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncedEnvironment:
    """An environment whose chats are synced, and since when something has to have happened in them (spec Y3)."""

    environment: EnvironmentId
    active_since: datetime | None
    """None: no limit."""


class LifecycleEvent(StrEnum):
    """What Graph tells of a subscription itself ("Reduce missing subscriptions and change notifications")."""

    REAUTHORIZE = "reauthorizationRequired"
    REMOVED = "subscriptionRemoved"
    MISSED = "missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatNotification:
    """A chat changed, or who is in it; what is said of it beyond that is left out (spec S6)."""

    subscription: str
    chat: ChatId
    has_topic: bool = False
    """Whether the chat's name was told."""
    topic: str | None = None
    """The name, where it has one."""
    at: datetime | None = None
    """When, where it was told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleNotification:
    """Something is the matter with a subscription."""

    subscription: str
    event: LifecycleEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedNotifications:
    """What came in one POST that can be trusted, and how many notifications cannot."""

    chats: Sequence[ChatNotification]
    subscriptions: Sequence[LifecycleNotification]
    rejected: int
