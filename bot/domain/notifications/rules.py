"""The rules of a chat and of its connections (spec V2-V8)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Generic, TypeVar

from bot.domain.notifications.conditions import Conditions
from bot.domain.notifications.quiet_hours import QuietHours
from bot.domain.values import ObjectId, UserId

Rules = TypeVar("Rules", "ChatRules", "ConnectionRules")

DAY, BURST = timedelta(hours=24), timedelta(minutes=10)
"""Spans of a budget. Both slide (spec V7)."""


class Style(StrEnum):
    """The form in which a chat gets the changes of a record (spec V8)."""

    EACH = "each"
    """A card for each change."""
    LIVE = "live"
    """One card that is edited."""
    DIGEST = "digest"
    """A card at a time of day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """A mute of a chat or of one of its records (spec V2)."""

    until: datetime | None
    """None until somebody turns it off."""
    by: ObjectId
    by_name: str
    at: datetime
    also_urgent: bool = False

    def is_active(self, now: datetime) -> bool:
        """Check whether the mute has not ended."""
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Save:
    """A save of one part of the rules."""

    version: int
    """Version of the rules after the save."""
    part: str
    by_name: str
    at: datetime


MAX_SAVES = 10
"""Saves that the rules remember, to tell a person what others saved at the same time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The most messages about changes in a chat. None for no limit (spec V7)."""

    in_a_day: int | None = None
    in_a_burst: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRules:
    """The rules of a whole chat."""

    zone: str | None = None
    """IANA name of the chat's time zone."""
    language: str | None = None
    """Language of the cards for everyone, as a BCP 47 tag; None for the base language of the environment."""
    mute: Mute | None = None
    skip_own_cards: bool = False
    """True if changes made on a card of this chat are skipped."""
    skip_integrations: bool = False
    """True if changes made by application users are skipped."""
    skip_people: Mapping[UserId, str] = field(default_factory=dict)
    """Names of people whose changes are skipped, by user."""
    quiet_hours: QuietHours | None = None
    budget: Budget = field(default_factory=Budget)
    combine_bulk_edits: bool = False
    """True if changes of many records by one author are combined (spec V16)."""
    saves: tuple[Save, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionRules:
    """The rules of one connection."""

    style: Style = Style.EACH
    digest_at: time = time(8)
    """The local time of the digest."""
    value_rule: Conditions | None = None
    """Conditions under which a change is reported; None for every change."""
    urgent_rule: Conditions | None = None
    mute: Mute | None = None
    mention_new_owner: bool = False
    """True if a new owner is mentioned when the owner changes (spec V12)."""
    mention_owner: bool = False
    """True if the owner is mentioned on urgent changes."""
    only_mute: bool = False
    """True if nobody chose anything except the mute, so that the defaults of the record type count."""
    saves: tuple[Save, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Versioned(Generic[Rules]):
    """Stored rules, and how often they were saved."""

    version: int
    rules: Rules
