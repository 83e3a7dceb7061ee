"""The introduction note: which columns of a view it shows, and as what text (spec N1, N2)."""

from bot.domain.formatting import format_value
from bot.domain.tables import Column, ColumnType, Row, Table, View

MAX_FIELDS = 5
"""Configure Teams chats in Customer Service: "The first five fields of any view are used"."""

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
    """The note's columns: the view's first five, less those that are not supported; nothing takes their place.

    `leave_out_secured`: less the secured ones too (spec N5).
    """
    first = (table.columns.get(name) or view.linked.get(name) for name in view.columns[:MAX_FIELDS])
    shown = (column for column in first if column and column.type not in UNSUPPORTED_TYPES)
    return tuple(column for column in shown if not (column.secured and leave_out_secured))


def note_facts(columns: tuple[Column, ...], row: Row) -> tuple[tuple[str, str], ...]:
    """Label and text of each column; the text is empty where the value is."""
    return tuple((column.label, format_value(column, row.value(column.name))) for column in columns)
