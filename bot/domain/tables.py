"""Tables, columns, views and rows of Dataverse, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

Raw = str | int | float | bool | tuple[int, ...] | None
"""A column's value in one canonical form, whoever sent it.

Instants and dates are ISO text in UTC, lookups `<table>:<row id>`, several choices a sorted tuple of their numbers.
"""


class ColumnType(StrEnum):
    """Types of columns, named as `AttributeTypeName` names them, less the word `Type`."""

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


LOOKUPS = frozenset({ColumnType.LOOKUP, ColumnType.CUSTOMER, ColumnType.OWNER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column and what is needed to name and to show its values."""

    name: str
    label: str
    type: ColumnType
    secured: bool = False
    rich_text: bool = False
    date_only: bool = False
    precision: int | None = None
    """Digits behind the point of a number; None where the table's metadata does not say."""
    updatable: bool = True
    required: bool = False
    """Whether people are to leave no row without a value."""
    max_length: int | None = None
    """Characters of a text; None where the table's metadata does not say."""
    plain_date: bool = False
    """Whether it holds a day that is the same everywhere, without a time."""
    states: Mapping[int, int] = field(default_factory=dict)
    """Of a status column: the state that each of its numbers belongs to."""
    options: Mapping[int, str] = field(default_factory=dict)
    """Labels of a choice's, status', state's or yes/no column's numbers (yes is 1, no is 0)."""
    labels: Mapping[int, str] = field(default_factory=dict)
    """The label in each language of the environment, by the number that Windows gives the language (LCID)."""
    through: tuple[str, ...] = ()
    """The navigation properties that lead to the linked row whose column it is; empty for a table's own columns."""


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
    """Whether people can attach notes to its rows."""
    is_virtual: bool = False
    sends_updates: bool = True
    """Whether the message filter `Update` exists, so that Dataverse can tell of changes."""
    tracks_changes: bool = False
    """Whether Dataverse says on request which rows changed since a while ago."""
    labels: Mapping[int, str] = field(default_factory=dict)
    """As a column's."""

    def in_language(self, language: int | None) -> "Table":
        """The same with the labels of that language, as far as there are some."""
        if language is None or (
            self.labels.get(language, self.label) == self.label
            and not any(column.labels.get(language, column.label) != column.label for column in self.columns.values())
        ):
            return self
        columns = {
            name: replace(column, label=column.labels.get(language, column.label))
            for name, column in self.columns.items()
        }
        return replace(self, label=self.labels.get(language, self.label), columns=columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableName:
    """A table as people choose it."""

    name: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A view's columns in the order of its layout; a linked column is named `<alias>.<column>`."""

    id: str
    name: str
    columns: tuple[str, ...]
    quick_find: bool = False
    """Whether it is the table's one Quick Find view."""
    linked: Mapping[str, Column] = field(default_factory=dict)
    """The linked columns that can be read, by their names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnValue:
    """What a column holds: the raw value and, where Dataverse gave it, the text it shows to the caller."""

    raw: Raw
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row as somebody may see it; columns that were not asked for are missing."""

    id: str
    values: Mapping[str, ColumnValue]
    etag: str = ""

    def value(self, column: str) -> ColumnValue:
        """The column's value; an empty one where the row does not have it."""
        return self.values.get(column, EMPTY)


EMPTY = ColumnValue(raw=None)
