"""The decision whether, when, and how a chat hears of a change (spec V1).

`decide` is the only place that holds, merges, or skips a change. It decides about a new change and, in the same way,
about a held one whose time has come.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.notifications.conditions import Conditions, ValueChange
from bot.domain.notifications.rules import BURST, DAY, Budget, ChatRules, ConnectionRules, Mute, Style
from bot.domain.notifications.wall_clock import find_zone, next_instant
from bot.domain.tables import Raw
from bot.domain.values import UserId

BULK_SPAN = timedelta(seconds=60)
BULK_RECORDS = 2
"""Records of a bulk edit that are reported at once (spec V16)."""


class Outcome(StrEnum):
    """The outcome of a decision."""

    POSTED = "posted"
    UPDATED = "updated"
    """The live card shows the change."""
    MERGED = "merged"
    """A summary card shows the change."""
    SKIPPED = "skipped"
    HELD = "held"
    """The change waits. Later, it is posted, or it has canceled out."""


class Reason(StrEnum):
    """The rule that decided."""

    EVERY_CHANGE = "every change"
    """No rule applies, so each change is posted."""
    NEWS = "news"
    """Deletion, closing, merge, and a new owner are always posted."""
    URGENT = "urgent rule"
    OWN_CARD = "own card"
    PERSON = "skipped person"
    INTEGRATION = "integration"
    VALUE_RULE = "value rule"
    LIVE_CARD = "live card"
    MUTE = "mute"
    QUIET_HOURS = "quiet hours"
    DIGEST = "digest"
    BULK_EDIT = "bulk edit"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authors:
    """The authors of a change. A change by several is skipped only if it is skipped for each of them."""

    people: tuple[UserId, ...] = ()
    integrations: frozenset[UserId] = frozenset()
    """The authors that are application users."""
    on_own_card: bool = False
    """True if the whole change was made on a card of this chat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A net change of a connected record, as the chat would hear of it."""

    columns: Mapping[str, ValueChange]
    """Changed columns: key fields and those of the record's life (spec K12)."""
    row: Mapping[str, Raw] = field(default_factory=dict)
    """Present canonical values of the columns that conditions name."""
    hidden: frozenset[str] = frozenset()
    """Columns whose values the chat must not see. A rule that names one of them does not count, because the cards that
    it lets pass would show what the value is.
    """
    authors: Authors = field(default_factory=Authors)
    is_news: bool = False
    """True if the change ends, moves, or hands over the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """Earlier changes and messages of the chat."""

    posts: Sequence[datetime] = ()
    """Times of counted messages of the last 24 hours, in order."""
    bulk_records: int = 0
    """Other records of the chat that the change's author changed within `BULK_SPAN`."""


@dataclass(frozen=True, slots=True)
class Decision:
    """An outcome with the rule that decided, and for a held change the time of the next decision."""

    outcome: Outcome
    reason: Reason
    until: datetime | None = None
    """None for a held change that waits until somebody acts."""


_POST = Decision(Outcome.POSTED, Reason.EVERY_CHANGE)
_NOTHING_RECENT = Recent()


def decide(
    change: Change,
    chat: ChatRules,
    connection: ConnectionRules,
    now: datetime,
    recent: Recent = _NOTHING_RECENT,
    *,
    digest_is_due: bool = False,
) -> Decision:
    """Return the decision about the change at this time. `digest_is_due` is True for a change held until the digest."""
    if change.is_news:
        return Decision(Outcome.POSTED, Reason.NEWS)
    urgent = is_urgent(change, connection)
    passes = (
        _skip(change, chat, connection)
        or _mute(chat, connection, now, urgent=urgent)
        or (Decision(Outcome.POSTED, Reason.URGENT) if urgent else None)
    )
    if connection.style is Style.LIVE:
        # The live card is edited in any case, because an edit disturbs nobody. Only what is urgent is also posted.
        is_posted = passes is not None and passes.outcome is Outcome.POSTED
        return passes if passes and is_posted else Decision(Outcome.UPDATED, Reason.LIVE_CARD)
    return passes or _wait(chat, connection, now, digest_is_due=digest_is_due) or _merge(chat, now, recent) or _POST


def is_urgent(change: Change, connection: ConnectionRules) -> bool:
    """Check whether the change matches the urgent rule (spec V5)."""
    rule = connection.urgent_rule
    return bool(rule and _counts(rule, change) and rule.hold(change.columns, change.row))


def _counts(rule: Conditions, change: Change) -> bool:
    return change.hidden.isdisjoint(each.column for each in rule.conditions)


def _skip(change: Change, chat: ChatRules, connection: ConnectionRules) -> Decision | None:
    reason = _skipped_authors(change.authors, chat)
    if reason:
        return Decision(Outcome.SKIPPED, reason)
    rule = connection.value_rule
    if rule and _counts(rule, change) and not rule.hold(change.columns, change.row):
        return Decision(Outcome.SKIPPED, Reason.VALUE_RULE)
    return None


def _skipped_authors(authors: Authors, chat: ChatRules) -> Reason | None:
    if authors.on_own_card and chat.skip_own_cards:
        return Reason.OWN_CARD
    if not authors.people or not (chat.skip_people or chat.skip_integrations):
        return None
    integrations = authors.integrations if chat.skip_integrations else frozenset()
    if not all(each in chat.skip_people or each in integrations for each in authors.people):
        return None
    return Reason.INTEGRATION if authors.people[-1] in integrations else Reason.PERSON


def _mute(chat: ChatRules, connection: ConnectionRules, now: datetime, *, urgent: bool) -> Decision | None:
    """Hold the change until the last mute ends. Urgent changes pass mutes without `also_urgent`."""
    mutes = (chat.mute, connection.mute)
    active = [each for each in mutes if each and each.is_active(now) and (each.also_urgent or not urgent)]
    return Decision(Outcome.HELD, Reason.MUTE, _end(active)) if active else None


def _end(mutes: Sequence[Mute]) -> datetime | None:
    ends = [each.until for each in mutes if each.until]
    return max(ends) if len(ends) == len(mutes) else None


def _wait(chat: ChatRules, connection: ConnectionRules, now: datetime, *, digest_is_due: bool) -> Decision | None:
    hours = chat.quiet_hours
    quiet_until = hours.end_after(now) if hours else None
    if connection.style is Style.DIGEST and not digest_is_due:
        due = next_instant(now, connection.digest_at, chat_zone(chat))
        return Decision(Outcome.HELD, Reason.DIGEST, (hours.end_after(due) if hours else None) or due)
    return Decision(Outcome.HELD, Reason.QUIET_HOURS, quiet_until) if quiet_until else None


def chat_zone(chat: ChatRules) -> ZoneInfo:
    """Return the chat's time zone: its own, that of its quiet hours, or UTC."""
    names = (chat.zone, chat.quiet_hours.zone if chat.quiet_hours else None)
    return next((zone for name in names if name and (zone := find_zone(name))), None) or ZoneInfo("UTC")


def _merge(chat: ChatRules, now: datetime, recent: Recent) -> Decision | None:
    if chat.combine_bulk_edits and recent.bulk_records >= BULK_RECORDS:
        return Decision(Outcome.MERGED, Reason.BULK_EDIT)
    return Decision(Outcome.MERGED, Reason.BUDGET) if budget_used_up(chat.budget, now, recent.posts) else None


def budget_used_up(budget: Budget, now: datetime, posts: Sequence[datetime]) -> bool:
    """Check both sliding spans. The n-th last post counts until its span is over."""
    limits = ((budget.in_a_day, DAY), (budget.in_a_burst, BURST))
    return any(limit is not None and _count_reached(limit, now.astimezone(UTC) - span, posts) for limit, span in limits)


def _count_reached(limit: int, since: datetime, posts: Sequence[datetime]) -> bool:
    return limit <= 0 or (len(posts) >= limit and posts[-limit] > since)
