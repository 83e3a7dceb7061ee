"""Introduction note: the columns of a view that it shows, and their texts (spec N1, N2)."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.formatting import format_value
from bot.domain.tables import Column, ColumnType, Row, Table, View
from bot.domain.texts import text

MAX_FIELDS = 5
"""Columns of a note. Configure Teams chats in Customer Service: "The first five fields of any view are used"."""

_UNSUPPORTED: Mapping[ColumnType, str] = {
    ColumnType.PARTY_LIST: text("lists of people are not supported"),
    ColumnType.IMAGE: text("images are not supported"),
    ColumnType.FILE: text("files are not supported"),
    ColumnType.UNIQUE_IDENTIFIER: text("IDs are not supported"),
    ColumnType.ENTITY_NAME: text("names of tables are not supported"),
    ColumnType.MANAGED_PROPERTY: text("managed properties are not supported"),
    ColumnType.CALENDAR_RULES: text("calendar rules are not supported"),
    ColumnType.VIRTUAL: text("columns of this type are not supported"),
}
_MISSING = text("the table does not have this column")
_LEFT_OUT = text("secured columns are left out")

UNSUPPORTED_TYPES = frozenset(_UNSUPPORTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedField:
    """One of the view's first five columns that the note does not show."""

    label: str
    """The logical name if the column is not known."""
    reason: str
    """Completes the sentence "To is not shown: …"."""


def note_columns(view: View, table: Table, *, leave_out_secured: bool = False) -> tuple[Column, ...]:
    """Return the note's columns: the view's first five without unsupported ones, which are not replaced.

    `leave_out_secured` also leaves out secured columns (spec N5).
    """
    first = (_column(view, table, name) for name in view.columns[:MAX_FIELDS])
    return tuple(column for column in first if column and not _skip_reason(column, leave_out_secured=leave_out_secured))


def skipped_fields(view: View, table: Table, *, leave_out_secured: bool = False) -> tuple[SkippedField, ...]:
    """Return those of the view's first five columns that `note_columns` skips, with the reasons."""
    skipped = []
    for name in view.columns[:MAX_FIELDS]:
        column = _column(view, table, name)
        reason = _skip_reason(column, leave_out_secured=leave_out_secured) if column else view.unresolved.get(name)
        if reason or column is None:
            skipped.append(SkippedField(label=column.label if column else name, reason=reason or _MISSING))
    return tuple(skipped)


def note_facts(columns: tuple[Column, ...], row: Row) -> tuple[tuple[str, str], ...]:
    """Return the label and the text of each column. The text is empty for an empty value."""
    return tuple((column.label, format_value(column, row.value(column.name))) for column in columns)


def _column(view: View, table: Table, name: str) -> Column | None:
    return table.columns.get(name) or view.linked.get(name)


def _skip_reason(column: Column, *, leave_out_secured: bool) -> str | None:
    if column.secured and leave_out_secured:
        return _LEFT_OUT
    return _UNSUPPORTED.get(column.type)
