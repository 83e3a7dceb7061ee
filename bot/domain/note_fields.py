"""Introduction note: the columns of a view that it shows, and their texts (spec N1, N2)."""

from bot.domain.formatting import format_value
from bot.domain.tables import Column, ColumnType, Row, Table, View

MAX_FIELDS = 5
"""Columns of a note. Configure Teams chats in Customer Service: "The first five fields of any view are used"."""

UNSUPPORTED_TYPES = frozenset(
    {
        ColumnType.PARTY_LIST,
        ColumnType.IMAGE,
        ColumnType.FILE,
        ColumnType.UNIQUE_IDENTIFIER,
        ColumnType.ENTITY_NAME,
        ColumnType.MANAGED_PROPERTY,
        ColumnType.CALENDAR_RULES,
        ColumnType.VIRTUAL,
    }
)


def note_columns(view: View, table: Table, *, leave_out_secured: bool = False) -> tuple[Column, ...]:
    """Return the note's columns: the view's first five without unsupported ones, which are not replaced.

    `leave_out_secured` also leaves out secured columns (spec N5).
    """
    first = (table.columns.get(name) or view.linked.get(name) for name in view.columns[:MAX_FIELDS])
    shown = (column for column in first if column and column.type not in UNSUPPORTED_TYPES)
    return tuple(column for column in shown if not (column.secured and leave_out_secured))


def note_facts(columns: tuple[Column, ...], row: Row) -> tuple[tuple[str, str], ...]:
    """Return the label and the text of each column. The text is empty for an empty value."""
    return tuple((column.label, format_value(column, row.value(column.name))) for column in columns)
