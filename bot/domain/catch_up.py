"""Changes that a chat missed: the difference between the last reported values and the current ones (spec K9)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from bot.domain.formatting import canonical_value
from bot.domain.key_fields import ReportedValue
from bot.domain.tables import Column, ColumnValue, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedChange:
    """A column whose current value differs from the last value reported to the chat."""

    column: Column
    old: ReportedValue | None
    """None if it is not known."""
    new: ColumnValue


def missed_changes(
    columns: Iterable[Column], row: Row, known: Mapping[str, ReportedValue], held: Collection[str] = ()
) -> tuple[MissedChange, ...]:
    """Return the net change of each key field, in the order of the columns.

    Columns without a value to compare with, such as secured ones, are left out, unless a change of them is held.
    """
    return tuple(
        MissedChange(column=column, old=known.get(column.name), new=row.value(column.name))
        for column in columns
        if _is_changed(column, row, known.get(column.name), is_held=column.name in held)
    )


def _is_changed(column: Column, row: Row, known: ReportedValue | None, *, is_held: bool) -> bool:
    if known is None or column.secured:
        return is_held
    return canonical_value(column, row.value(column.name).raw) != known.raw
