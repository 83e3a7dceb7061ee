"""Key fields: the changes to a record that are reported to a chat (spec K2, K3, K7, K8)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.formatting import canonical_value, format_value, shorten_source
from bot.domain.tables import Column, ColumnValue, Raw, Row
from bot.domain.values import RecordRef, UserId

MAX_REPORTED_LENGTH = 1000
"""Characters of a value's text that are stored. Cards show about 200."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnChange:
    """A column in an update request. `old` is the pre-image's value, or None without a pre-image."""

    column: str
    new: ColumnValue
    old: ColumnValue | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordEvent:
    """An update or deletion of a record, as Dataverse reported it."""

    key: str
    """Key that is the same for every delivery of the same event (spec K6)."""
    record: RecordRef
    at: datetime
    changed_by: UserId | None
    changes: tuple[ColumnChange, ...]
    stripped: bool = False
    """True if Dataverse left out the values because the message exceeded 256 KB (spec K5)."""
    deleted: bool = False
    """True if the record was deleted."""
    modified_at: datetime | None = None
    """Time that the row has as its last modification after the event, if the event contains it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedValue:
    """The last value of a column reported to a connection's chat, and its time. Secured values are not stored."""

    raw: Raw
    text: str | None
    at: datetime
    taken_at: datetime | None = None
    """Time at which the value was read, if no card reported it: it may contain changes since `at`."""
    watch: int = 0
    """Number of the watch in which the value was stored. See `bot.domain.watching`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetChange:
    """The first old and the last new value of a column over the events of one window."""

    column: Column
    old: ColumnValue | None
    """None if the old value is not known."""
    new: ColumnValue
    at: datetime
    people: tuple[UserId, ...]
    """People who changed the column, in order."""
    notify: bool
    """False if the chat already knows the new value."""
    known: ReportedValue | None = None
    """The value that the chat knew before the change, if it is known."""


def shorten_change(change: ColumnChange) -> ColumnChange:
    """Return the change with as much of long texts as a card needs."""
    return replace(change, new=shorten_source(change.new), old=change.old and shorten_source(change.old))


def reported_value(column: Column, row: Row, at: datetime) -> ReportedValue:
    """Return the row's value of the column as reported at this time; for a secured column, only the time."""
    if column.secured:
        return ReportedValue(raw=None, text=None, at=at)
    value = row.value(column.name)
    text = format_value(column, value)[:MAX_REPORTED_LENGTH]
    return ReportedValue(raw=canonical_value(column, value.raw), text=text, at=at)


def net_changes(
    columns: Iterable[Column], events: Sequence[RecordEvent], known: Mapping[str, ReportedValue]
) -> tuple[NetChange, ...]:
    """Return the net change of each key field that the events touch, in the order of the columns.

    Events are sorted by their own time. Events older than the last reported value of a column are ignored.
    """
    ordered = sorted(events, key=lambda event: event.at)
    net = (_net_change(column, ordered, known.get(column.name)) for column in columns)
    return tuple(change for change in net if change)


def _net_change(column: Column, events: Sequence[RecordEvent], known: ReportedValue | None) -> NetChange | None:
    touching = [
        (event, change)
        for event in events
        for change in event.changes
        if change.column == column.name and (known is None or event.at >= known.at)
    ]
    if not touching:
        return None
    (first_event, first), (last_event, last) = touching[0], touching[-1]
    if is_in_value(first_event.at, known):
        known = None
    people = dict.fromkeys(event.changed_by for event, _ in touching if event.changed_by)
    return NetChange(
        column=column,
        old=_old_value(column, first.old, known),
        new=last.new,
        at=last_event.at,
        people=tuple(people),
        notify=not _is_known(column, last.new, first.old, known),
        known=known,
    )


def value_before(change: NetChange) -> ReportedValue | None:
    """Return the value that the chat counts as knowing if the change does not reach it; None if it is not known."""
    if change.known or change.old is None:
        return change.known
    if change.column.secured:
        return ReportedValue(raw=None, text=None, at=change.at)
    text = format_value(change.column, change.old)[:MAX_REPORTED_LENGTH]
    return ReportedValue(raw=canonical_value(change.column, change.old.raw), text=text, at=change.at)


def is_in_value(at: datetime, known: ReportedValue | None) -> bool:
    """Check whether the known value was read after an event, so that it may already contain the event's change."""
    return known is not None and known.taken_at is not None and at <= known.taken_at


def _old_value(column: Column, pre_image: ColumnValue | None, known: ReportedValue | None) -> ColumnValue | None:
    """Return the pre-image's value, or else the last reported one.

    If both are the same, return the reported one, so that its text stays the same.
    """
    told = None if known is None or column.secured else ColumnValue(raw=known.raw, text=known.text)
    if pre_image is None or (told and told.raw == canonical_value(column, pre_image.raw)):
        return told
    return pre_image


def _is_known(column: Column, new: ColumnValue, pre_image: ColumnValue | None, known: ReportedValue | None) -> bool:
    value = canonical_value(column, new.raw)
    if known is not None and not column.secured and value == known.raw:
        return True
    return pre_image is not None and value == canonical_value(column, pre_image.raw)
