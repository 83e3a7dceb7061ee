"""Values in events, checked against the columns of the table. Pure.

The holder of the webhook key can send any event, so a value must at least have the type of its column. The name of a
row in a lookup is not taken from the event.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.domain.formatting import canonical_instant
from bot.domain.key_fields import ColumnChange, RecordEvent
from bot.domain.tables import LOOKUPS, TEXTS, Column, ColumnType, ColumnValue, Raw

_NUMBERS = frozenset(
    {
        ColumnType.PICKLIST,
        ColumnType.STATE,
        ColumnType.STATUS,
        ColumnType.MONEY,
        ColumnType.DECIMAL,
        ColumnType.DOUBLE,
        ColumnType.BIG_INT,
    }
)


def typed_events(events: Iterable[RecordEvent], columns: Sequence[Column]) -> tuple[RecordEvent, ...]:
    """Return the events without values that do not have the type of their column, and without names of rows.

    A change whose new value has a wrong type is left out. An old value of a wrong type counts as unknown.
    """
    by_name = {column.name: column for column in columns}
    return tuple(replace(event, changes=tuple(_typed_changes(event.changes, by_name))) for event in events)


def _typed_changes(changes: Iterable[ColumnChange], columns: Mapping[str, Column]) -> Iterable[ColumnChange]:
    for change in changes:
        column = columns.get(change.column)
        if column is None:
            yield change
            continue
        new, old = _typed(column, change.new), change.old and _typed(column, change.old)
        if new:
            yield replace(change, new=new, old=old)


def _typed(column: Column, value: ColumnValue) -> ColumnValue | None:
    """Return the value, without a name if it is a lookup; None if it has a wrong type."""
    if value.raw is not None and not _has_type(column, value.raw):
        return None
    return replace(value, text=None) if column.type in LOOKUPS else value


def _has_type(column: Column, raw: Raw) -> bool:
    if column.type in TEXTS | LOOKUPS:
        return isinstance(raw, str)
    if column.type is ColumnType.DATE_TIME:
        return isinstance(raw, str) and canonical_instant(raw) is not None
    if column.type is ColumnType.MULTI_SELECT:
        return isinstance(raw, tuple)
    if column.type is ColumnType.BOOLEAN:
        return isinstance(raw, bool)
    if column.type in _NUMBERS:
        return isinstance(raw, int | float) and not isinstance(raw, bool)
    return True
