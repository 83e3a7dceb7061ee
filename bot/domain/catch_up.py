"""Changes that a chat missed: the difference between the last reported values and the current ones (spec K9)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.domain.formatting import canonical_value
from bot.domain.key_fields import ReportedValue
from bot.domain.tables import Column, ColumnValue, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedChange:
    """A column whose current value differs from the last value reported to the chat."""

    column: Column
    old: ReportedValue
    new: ColumnValue


def missed_changes(columns: Iterable[Column], row: Row, known: Mapping[str, ReportedValue]) -> tuple[MissedChange, ...]:
    """Return the net change of each key field, in the order of the columns.

    Columns never reported to the chat are left out, and so are secured columns, whose values are not stored.
    """
    compared = [(column, known[column.name]) for column in columns if column.name in known and not column.secured]
    return tuple(
        MissedChange(column=column, old=old, new=row.value(column.name))
        for column, old in compared
        if canonical_value(column, row.value(column.name).raw) != old.raw
    )
