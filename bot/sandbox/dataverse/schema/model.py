"""Definitions of tables and columns."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property


class Kind(StrEnum):
    """Column types, named like `AttributeTypeName` without the suffix `Type`."""

    BIG_INT = "BigInt"
    BOOLEAN = "Boolean"
    CUSTOMER = "Customer"
    DATE_TIME = "DateTime"
    DECIMAL = "Decimal"
    DOUBLE = "Double"
    ENTITY_NAME = "EntityName"
    FILE = "File"
    IMAGE = "Image"
    INTEGER = "Integer"
    LOOKUP = "Lookup"
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


LOOKUPS = frozenset({Kind.LOOKUP, Kind.CUSTOMER, Kind.OWNER})
CHOICES = frozenset({Kind.PICKLIST, Kind.STATE, Kind.STATUS})
TEXTS = frozenset({Kind.STRING, Kind.MEMO, Kind.ENTITY_NAME, Kind.IMAGE})
GUIDS = frozenset({Kind.UNIQUE_IDENTIFIER, Kind.FILE})


class Ownership(StrEnum):
    """Ownership of a table's rows, with the values of `OwnershipType`."""

    USER = "UserOwned"
    ORGANIZATION = "OrganizationOwned"
    BUSINESS = "BusinessOwned"
    NONE = "None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A choice of a column."""

    value: int
    label: str
    state: int | None = None
    """State that a status reason belongs to."""
    default_status: int | None = None
    """Default status reason of a state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A table that a lookup can reference, with the names of both navigation properties."""

    table: str
    navigation: str
    """Single-valued navigation property on the lookup's own table."""
    collection: str
    """Collection-valued navigation property on the target, which is also the relationship's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Definition of a column."""

    name: str
    kind: Kind
    label: str
    options: tuple[Option, ...] = ()
    targets: tuple[Target, ...] = ()
    max_length: int | None = None
    precision: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    text_format: str = "Text"
    date_only: bool = False
    party_mask: int | None = None
    """Participation type of the activity parties in a party list."""
    base_of: str = ""
    """Currency column whose amount this column contains in the base currency."""
    secured: bool = False
    readable: bool = True
    creatable: bool = True
    updatable: bool = True
    required: bool = False

    @property
    def wire_name(self) -> str:
        """Name of the column's property in a row's JSON."""
        return f"_{self.name}_value" if self.kind in LOOKUPS else self.name

    @property
    def guarded_by(self) -> str:
        """Name of the column whose field permission applies to this one."""
        return self.base_of or self.name

    def option(self, value: object) -> Option | None:
        """Return the choice with this number, or None."""
        return next((option for option in self.options if option.value == value), None)

    def target(self, table: str) -> Target | None:
        """Return the lookup's target for the table, or None if it cannot reference the table."""
        return next((target for target in self.targets if target.table == table), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ManyToMany:
    """A many-to-many association, stored as rows of an intersect table."""

    name: str
    intersect_table: str
    own_column: str
    other_column: str
    other_table: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlternateKey:
    """Columns whose values together identify a row."""

    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """Definition of a table."""

    name: str
    schema_name: str
    label: str
    plural: str
    set_name: str
    """Entity set name, or empty if the Web API does not expose the table."""
    type_code: int
    primary_id: str
    primary_name: str
    columns: Mapping[str, Column]
    ownership: Ownership = Ownership.USER
    privilege: str = ""
    """Suffix of the privilege names, such as after `prvRead`, or empty if no privileges apply."""
    is_activity: bool = False
    is_virtual: bool = False
    sends_updates: bool = True
    tracked: bool = True
    """True if delta links support the table (`ChangeTrackingEnabled`)."""
    rights_from: str = ""
    """Lookup to the row whose access rights also apply to this row, or empty."""
    number: tuple[str, str] | None = None
    """Column with the row's number and the prefix of the number, or None."""
    associations: tuple[ManyToMany, ...] = field(default=())
    keys: tuple[AlternateKey, ...] = ()

    @cached_property
    def by_wire_name(self) -> Mapping[str, Column]:
        """Columns by property name. Party lists have no property."""
        return {column.wire_name: column for column in self.columns.values() if column.kind is not Kind.PARTY_LIST}

    @cached_property
    def navigations(self) -> Mapping[str, tuple[Column, Target | None]]:
        """Lookups by single-valued navigation property. The target is None for owners, who can be users or teams."""
        found: dict[str, tuple[Column, Target | None]] = {}
        for column in self.columns.values():
            for target in column.targets:
                shared = column.kind is Kind.OWNER
                found[target.navigation] = (column, None if shared else target)
        return found

    @property
    def state(self) -> Column | None:
        """Column with the row's state, or None."""
        return self.columns.get("statecode")

    @property
    def status(self) -> Column | None:
        """Column with the row's status reason, or None."""
        return self.columns.get("statuscode")

    @property
    def money(self) -> Iterable[Column]:
        """Currency columns that people set."""
        return (column for column in self.columns.values() if column.kind is Kind.MONEY and not column.base_of)


@dataclass(frozen=True, slots=True, kw_only=True)
class Children:
    """A collection of rows that reference a row."""

    name: str
    table: str
    column: str


class Schema:
    """The definitions of all tables."""

    def __init__(self, tables: Iterable[Table]) -> None:
        self.tables: Mapping[str, Table] = {table.name: table for table in tables}
        self.by_set: Mapping[str, Table] = {each.set_name: each for each in self.tables.values() if each.set_name}
        self._collections: dict[str, dict[str, Children]] = {name: {} for name in self.tables}
        for table in self.by_set.values():
            for column in table.columns.values():
                for target in column.targets:
                    self._add_collection(table, column, target)

    def __getitem__(self, name: str) -> Table:
        return self.tables[name]

    def get(self, name: str) -> Table | None:
        """Return the table with this logical name, or None."""
        return self.tables.get(name)

    def collections(self, table: str) -> Mapping[str, Children]:
        """Return the collections of rows that reference a row of this table, by name."""
        return self._collections[table]

    def _add_collection(self, table: Table, column: Column, target: Target) -> None:
        if target.collection and target.table in self._collections:
            children = Children(name=target.collection, table=table.name, column=column.name)
            self._collections[target.table][target.collection] = children
