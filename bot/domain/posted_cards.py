"""Cards whose content is stored, to edit them or to show it to one reader (spec V7, V8, V16, K9). Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.key_fields import MAX_REPORTED_LENGTH, ReportedValue
from bot.domain.reported_change import ReportedButton, ReportedColumn
from bot.domain.values import ChatId, ConnectionId, PublicId, RecordRef

EDIT_AFTER = timedelta(seconds=5)
"""Time for which changes of a posted card are gathered into one edit."""
LIVE_CARD_LASTS = timedelta(days=30)
"""Age at which a live card is replaced, because nobody finds it anymore."""
MAX_CHANGES = 5
"""Changes on a live card."""
MAX_DETAILED_RECORDS = 20
"""Records of a summary whose changes are stored. A card has room for five of them."""

ReportedBefore = Mapping[tuple[ConnectionId, str], ReportedValue | None]
"""The values that a chat knew before a card, by connection and column."""


class CardKind(StrEnum):
    """The kind of a card. Stored."""

    LIVE = "live"
    SUMMARY = "summary"
    CATCH_UP = "catch up"
    """A card that sums up held or missed changes. It is never edited, and only stored if readers request values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRecord:
    """A record as a card names it."""

    ref: RecordRef
    kind: str
    """The display name of its table."""
    name: str | None
    number: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardField:
    """The present value of a key field. `text` is None if the chat must not see it."""

    name: str
    label: str
    text: str | None
    secured: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CardChange:
    """A change of one column on a card."""

    column: ReportedColumn
    at: datetime
    people: tuple[str, ...] = ()
    shows_values: bool = True
    """False for a secured column whose values the chat must not see."""
    secured: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveContent:
    """The content of a live card. Changes are in order, newest first."""

    about: CardRecord
    fields: tuple[CardField, ...]
    changes: tuple[CardChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryRecord:
    """The net changes of one record on a summary card."""

    connection: ConnectionId
    record: CardRecord
    changes: tuple[CardChange, ...]
    at: datetime
    """The time of the last change."""
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryContent:
    """The content of a summary card."""

    count: int
    """Number of merged changes."""
    since: datetime
    records: tuple[SummaryRecord, ...] = ()
    """Records with net changes, most urgent first, then the latest."""
    others: tuple[ConnectionId, ...] = ()
    """Further records, which the card only counts."""
    budget_at: datetime | None = None
    """Time of the last change that was merged because the budget was used up."""
    bulk_at: datetime | None = None
    """Time of the last change that was merged because it was part of a bulk edit."""

    @property
    def is_empty(self) -> bool:
        """True if all changes have canceled out."""
        return not (self.records or self.others)


@dataclass(frozen=True, slots=True, kw_only=True)
class CatchUpRecord:
    """The net changes of one record on a card that sums up what a chat did not hear, and its other news."""

    record: CardRecord
    changes: tuple[CardChange, ...]
    news: tuple[str, ...] = ()
    buttons: tuple[ReportedButton, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CatchUpContent:
    """The content of a card that sums up what a chat did not hear, as everyone sees it."""

    title: str
    lead: str
    at: datetime
    records: tuple[CatchUpRecord, ...]
    more: int = 0
    """Number of further records."""
    deleted: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()


Content = LiveContent | SummaryContent | CatchUpContent

_KINDS: Mapping[type[Content], CardKind] = {
    LiveContent: CardKind.LIVE,
    SummaryContent: CardKind.SUMMARY,
    CatchUpContent: CardKind.CATCH_UP,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCard:
    """A card before it is stored."""

    chat_id: ChatId
    connection_id: ConnectionId | None
    content: Content
    due_at: datetime | None
    """The time of the next post or edit; None if the card in the chat is up to date."""
    reported_before: ReportedBefore = field(default_factory=dict)
    """The values that the chat knew before the changes that are not in the outbox yet."""

    @property
    def kind(self) -> CardKind:
        """The kind, which follows from the content."""
        return _KINDS[type(self.content)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedCard(NewCard):
    """A stored card. `activity_id` is None until Teams has accepted it, and after it was lost."""

    id: int
    version: int
    """Number of changes of the content."""
    activity_id: str | None = None
    posted_at: datetime | None = None
    edited_at: datetime | None = None
    ended_at: datetime | None = None
    """Time from which the card is no longer edited, because another one follows."""
    connection_ended_at: datetime | None = None
    ended_by: str | None = None
    """Name of the person who disconnected the record."""
    public_id: PublicId | None = None
    """Names the connection in buttons."""


def add_live_changes(
    content: LiveContent | None, record: CardRecord, fields: Sequence[CardField], changes: Iterable[CardChange]
) -> LiveContent:
    """Return the content with these changes, of which only the newest stay."""
    newest = sorted(changes, key=lambda each: each.at, reverse=True)
    earlier = content.changes if content else ()
    known = tuple(fields) or (content.fields if content else ())
    return LiveContent(about=record, fields=known, changes=(*newest, *earlier)[:MAX_CHANGES])


def add_to_summary(content: SummaryContent, change: SummaryRecord) -> SummaryContent:
    """Return the content with a further change. A column that returned to its first value disappears."""
    earlier = next((each for each in content.records if each.connection == change.connection), None)
    net = _net_changes(earlier.changes if earlier else (), change.changes)
    merged = replace(change, changes=net, urgent=change.urgent or (earlier is not None and earlier.urgent))
    records = [each for each in content.records if each.connection != change.connection]
    others = [each for each in content.others if each != change.connection]
    if net:
        records.append(merged)
    elif len(others) < len(content.others):
        others.append(change.connection)
    ranked = sorted(records, key=lambda each: (not each.urgent, -each.at.timestamp()))
    others += [each.connection for each in ranked[MAX_DETAILED_RECORDS:]]
    kept = tuple(ranked[:MAX_DETAILED_RECORDS])
    return replace(content, count=content.count + 1, records=kept, others=tuple(others))


def _net_changes(earlier: Sequence[CardChange], later: Sequence[CardChange]) -> tuple[CardChange, ...]:
    """Return the first old and the last new value of each column."""
    net = {each.column.name: each for each in earlier}
    for each in later:
        first = net.pop(each.column.name, None)
        merged = replace(each, column=replace(each.column, old=first.column.old)) if first else each
        if not _canceled_out(merged):
            net[each.column.name] = merged
    return tuple(net.values())


def _canceled_out(change: CardChange) -> bool:
    old, new = change.column.old, change.column.new
    # Texts that were cut can be equal although the values differ.
    return change.shows_values and old == new and len(new) < MAX_REPORTED_LENGTH
