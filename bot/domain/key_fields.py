"""Key fields: what of a record's changes is told to a chat (spec K2, K3, K7, K8)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.formatting import canonical_value
from bot.domain.tables import Column, ColumnValue, Raw
from bot.domain.values import RecordRef, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnChange:
    """A column that was in the request of an update; `old` is the pre-image's value, None where there was none."""

    column: str
    new: ColumnValue
    old: ColumnValue | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordEvent:
    """An update of a record, or its end, as Dataverse told of it."""

    key: str
    """The same for every delivery of the same event (spec K6)."""
    record: RecordRef
    at: datetime
    changed_by: UserId | None
    changes: tuple[ColumnChange, ...]
    stripped: bool = False
    """Dataverse left the values out because the message was over 256 KB (spec K5)."""
    deleted: bool = False
    """The record is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedValue:
    """What a connection's chat was last told of a column, and as of when; no value is kept of secured columns."""

    raw: Raw
    text: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NetChange:
    """A column's first old and last new value over the events of one window."""

    column: Column
    old: ColumnValue | None
    """None where the old value is not known."""
    new: ColumnValue
    at: datetime
    people: tuple[UserId, ...]
    """Who changed it, in order."""
    notify: bool
    """False where the chat knows the new value already."""


def net_changes(
    columns: Iterable[Column], events: Sequence[RecordEvent], known: Mapping[str, ReportedValue]
) -> tuple[NetChange, ...]:
    """What became of each key field that the events touch, in the order of the columns.

    Events count in the order of their own time; those older than what the chat was told of a column do not count.
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
    (_, first), (last_event, last) = touching[0], touching[-1]
    people = dict.fromkeys(event.changed_by for event, _ in touching if event.changed_by)
    return NetChange(
        column=column,
        old=_old_value(column, first.old, known),
        new=last.new,
        at=last_event.at,
        people=tuple(people),
        notify=not _is_known(column, last.new, first.old, known),
    )


def _old_value(column: Column, pre_image: ColumnValue | None, known: ReportedValue | None) -> ColumnValue | None:
    """The pre-image's value, else the last that was told; in the words in which it was told, where it is the same."""
    told = None if known is None or column.secured else ColumnValue(raw=known.raw, text=known.text)
    if pre_image is None or (told and told.raw == canonical_value(column, pre_image.raw)):
        return told
    return pre_image


def _is_known(column: Column, new: ColumnValue, pre_image: ColumnValue | None, known: ReportedValue | None) -> bool:
    value = canonical_value(column, new.raw)
    if known is not None and not column.secured and value == known.raw:
        return True
    return pre_image is not None and value == canonical_value(column, pre_image.raw)
