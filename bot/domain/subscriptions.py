"""Being told by Microsoft Graph what changes in chats: what is subscribed to, and when it is seen to. Pure."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.values import ChatId, EnvironmentId

LONGEST_LIFE = timedelta(minutes=4320)
"""The longest that a subscription on chats lives ("Subscription lifetime", Microsoft Graph)."""
LIFE = LONGEST_LIFE - timedelta(minutes=15)
"""What is asked for: Graph refuses an end that is later by its own clock, and ours may be ahead of that."""
SUBSCRIPTIONS_AT_MOST = 10_000
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
class Watch:
    """What a subscription is for."""

    scope: Scope
    chat: ChatId | None = None
    """With `Scope.CHAT` alone."""

    @property
    def key(self) -> str:
        """The same for the same; `watch_of` gives it back."""
        return f"{self.scope} {self.chat}" if self.chat else self.scope.value

    def covers(self, chat: ChatId) -> bool:
        """Whether it tells of this chat."""
        return self.chat in {None, chat}


TOPICS, MEMBERS = Watch(scope=Scope.TOPICS), Watch(scope=Scope.MEMBERS)
EVERYWHERE = (TOPICS, MEMBERS)
"""Two subscriptions that cover every chat which has the app."""


def one_chat(chat: ChatId) -> Watch:
    """The subscription on one chat."""
    return Watch(scope=Scope.CHAT, chat=chat)


def watch_of(key: str) -> Watch:
    """The watch whose key it is."""
    scope, _, chat = key.partition(" ")
    return Watch(scope=Scope(scope), chat=ChatId(chat) if chat else None)


class Hindrance(StrEnum):
    """Why there is no subscription where one is wanted."""

    NOT_ALLOWED = "not allowed"
    """The app lacks the permission, or the organisation has no room for more."""
    NOT_THERE = "not there"
    """The chat, or the app's entry in the organisation's catalog."""
    NOT_REACHED = "not reached"
    """Graph did not get the right answer at our address."""
    NO_ANSWER = "no answer"
    """Of Graph, or it asked to wait."""

    @property
    def lasts(self) -> bool:
        """Whether somebody has to do something about it first."""
        return self in {Hindrance.NOT_ALLOWED, Hindrance.NOT_THERE}


_AGAIN_AFTER = {
    Hindrance.NOT_ALLOWED: timedelta(hours=6),
    Hindrance.NOT_THERE: timedelta(hours=6),
    Hindrance.NOT_REACHED: timedelta(minutes=15),
    Hindrance.NO_ANSWER: timedelta(minutes=5),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A subscription that there is or is to be."""

    watch: Watch
    wanted: bool = True
    id: str | None = None
    """Graph's own; None where there is none."""
    expires_at: datetime | None = None
    """When the last one expires or expired; None where there never was one."""
    made_for: str = ""
    """Names the address, client state and certificate that it was made with."""
    reread: bool = False
    """Whether something was missed, so that its chats are to be looked at."""
    hindrance: Hindrance | None = None


class Step(StrEnum):
    """What a subscription needs next."""

    MAKE = "make"
    REMAKE = "make anew"
    REREAD = "reread"
    RENEW = "renew"
    END = "end"


def next_step(subscription: Subscription, made_for: str, now: datetime) -> Step:
    """What a subscription needs that is due; `made_for`: what it would be made with today."""
    if not subscription.wanted:
        return Step.END
    if subscription.id is None or subscription.expires_at is None or subscription.expires_at <= now:
        return Step.MAKE
    if subscription.made_for != made_for:
        return Step.REMAKE
    return Step.REREAD if subscription.reread else Step.RENEW


def renewal_at(watch: Watch, expires_at: datetime) -> datetime:
    """When a subscription is to be renewed: a day to a day and a half before its end, each at a time of its own."""
    share = int.from_bytes(hashlib.sha256(watch.key.encode()).digest()[:2]) / 0xFFFF
    return expires_at - _MARGIN - share * _SPREAD


def try_again_at(hindrance: Hindrance, now: datetime, retry_after_s: float | None = None) -> datetime:
    """When something that failed is tried again, not before who refused asked for it."""
    return now + max(_AGAIN_AFTER[hindrance], timedelta(seconds=retry_after_s or 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncedIn:
    """An environment whose chats are synced, and since when something has to have happened in them (spec Y3)."""

    environment: EnvironmentId
    active_since: datetime | None
    """None: no limit."""


class Lifecycle(StrEnum):
    """What Graph tells of a subscription itself ("Reduce missing subscriptions and change notifications")."""

    REAUTHORIZE = "reauthorizationRequired"
    REMOVED = "subscriptionRemoved"
    MISSED = "missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatNews:
    """A chat changed, or who is in it; what is said of it beyond that is left out (spec S6)."""

    subscription: str
    chat: ChatId
    names: bool = False
    """Whether the chat's name was told."""
    topic: str | None = None
    """The name, where it has one."""
    at: datetime | None = None
    """When, where it was told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionNews:
    """Something is the matter with a subscription."""

    subscription: str
    event: Lifecycle


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedNews:
    """What came in one POST that can be trusted, and how many notifications cannot."""

    chats: Sequence[ChatNews]
    subscriptions: Sequence[SubscriptionNews]
    refused: int
