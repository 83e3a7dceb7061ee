"""Dataverse tables, columns, views, and rows as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.user_formats import UserFormats

Raw = str | int | float | bool | tuple[int, ...] | None
"""Canonical value of a column, the same for every source.

Times and dates are ISO text in UTC, lookups are `<table>:<row id>`, and multiple choices are a sorted tuple of numbers.
"""

OWNER, STATE, STATUS = "ownerid", "statecode", "statuscode"
MODIFIED_BY, MODIFIED_ON = "modifiedby", "modifiedon"
"""Logical names of columns that most tables have ("Table/entity reference")."""


class ColumnType(StrEnum):
    """Column types, named like `AttributeTypeName` without the word `Type`."""

    BIG_INT = "BigInt"
    BOOLEAN = "Boolean"
    CALENDAR_RULES = "CalendarRules"
    CUSTOMER = "Customer"
    DATE_TIME = "DateTime"
    DECIMAL = "Decimal"
    DOUBLE = "Double"
    ENTITY_NAME = "EntityName"
    FILE = "File"
    IMAGE = "Image"
    INTEGER = "Integer"
    LOOKUP = "Lookup"
    MANAGED_PROPERTY = "ManagedProperty"
    MEMO = "Memo"
    MONEY = "Money"
    MULTI_SELECT = "MultiSelectPicklist"
    OWNER = "Owner"
    PARTY_LIST = "PartyList"
    PICKLIST = "Picklist"
    STATE = "State"
    STATUS = "Status"
    STRING = "String"
    UNIQUE_IDENTIFIER = "Uniqueidentifier"
    VIRTUAL = "Virtual"


class DateBehavior(StrEnum):
    """Meaning of a date and time column, by the values of `DateTimeBehavior`."""

    USER_LOCAL = "UserLocal"
    """A moment, shown in the time zone of the reader."""
    DATE_ONLY = "DateOnly"
    """A date that is the same in every time zone, without a time."""
    TIME_ZONE_INDEPENDENT = "TimeZoneIndependent"
    """A date and time that are the same in every time zone."""


TEXTS = frozenset({ColumnType.STRING, ColumnType.MEMO})
LOOKUPS = frozenset({ColumnType.LOOKUP, ColumnType.CUSTOMER, ColumnType.OWNER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column, with everything needed to label and show its values."""

    name: str
    label: str
    type: ColumnType
    secured: bool = False
    rich_text: bool = False
    date_only: bool = False
    """True if only the date is shown. Whether a time zone decides the date depends on the behavior."""
    behavior: DateBehavior = DateBehavior.USER_LOCAL
    """Behavior of a date and time column."""
    formats: UserFormats | None = None
    """The application user's formats of dates and numbers; None if they are not known."""
    precision: int | None = None
    """Digits after the decimal point; None if the table's metadata does not say."""
    updatable: bool = True
    required: bool = False
    """True if the column must have a value."""
    max_length: int | None = None
    """Characters of a text; None if the table's metadata does not say."""
    states: Mapping[int, int] = field(default_factory=dict)
    """For a status column, the state of each of its numbers."""
    options: Mapping[int, str] = field(default_factory=dict)
    """Labels by number of a choice, status, state, or yes/no column (yes is 1, no is 0)."""
    through: tuple[str, ...] = ()
    """Navigation properties that lead to the linked row with this column; empty for the table's own columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table and its columns by logical name."""

    name: str
    label: str
    set_name: str
    primary_id: str
    primary_name: str
    columns: Mapping[str, Column]
    type_code: int | None = None
    is_activity: bool = False
    has_notes: bool = False
    """True if its rows can have notes."""
    is_virtual: bool = False
    sends_updates: bool = True
    """True if the message filter `Update` exists, so that Dataverse can report changes."""
    tracks_changes: bool = False
    """True if Dataverse can list the rows that changed since a point in time (change tracking)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableName:
    """A table as people choose it."""

    name: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A view's columns in the order of its layout. A linked column is named `<alias>.<column>`."""

    id: str
    name: str
    columns: tuple[str, ...]
    quick_find: bool = False
    """True if this is the table's Quick Find view."""
    linked: Mapping[str, Column] = field(default_factory=dict)
    """Readable linked columns by name."""
    unresolved: Mapping[str, str] = field(default_factory=dict)
    """Reasons why other linked columns cannot be shown, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnValue:
    """A column's raw value and, if Dataverse sent it, the formatted text for the caller."""

    raw: Raw
    text: str | None = None
    source: str | None = None
    """The beginning of a text, as it was written, if `raw` has only its digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row as one caller sees it. Columns that were not requested are missing."""

    id: str
    values: Mapping[str, ColumnValue]
    etag: str = ""

    def value(self, column: str) -> ColumnValue:
        """Return the column's value, or an empty value if the row does not have it."""
        return self.values.get(column, EMPTY)


EMPTY = ColumnValue(raw=None)
