"""What a chat missed of a record: the difference between what it was told and what is so now (spec K9)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.domain.formatting import canonical_value
from bot.domain.key_fields import ReportedValue
from bot.domain.tables import Column, ColumnValue, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedChange:
    """A column whose value is no longer the one that the chat was told."""

    column: Column
    old: ReportedValue
    new: ColumnValue


def missed_changes(columns: Iterable[Column], row: Row, known: Mapping[str, ReportedValue]) -> tuple[MissedChange, ...]:
    """The net change of each key field, in the order of the columns.

    What the chat was never told cannot be compared, and of secured columns no value is kept.
    """
    compared = [(column, known[column.name]) for column in columns if column.name in known and not column.secured]
    return tuple(
        MissedChange(column=column, old=old, new=row.value(column.name))
        for column, old in compared
        if canonical_value(column, row.value(column.name).raw) != old.raw
    )
