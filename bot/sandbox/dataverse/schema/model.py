"""What a table and a column are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property


class Kind(StrEnum):
    """Types of columns, named as `AttributeTypeName` names them, less the word `Type`."""

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
    """Who can own a table's rows, in the words of `OwnershipType`."""

    USER = "UserOwned"
    ORGANIZATION = "OrganizationOwned"
    BUSINESS = "BusinessOwned"
    NONE = "None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One choice of a column."""

    value: int
    label: str
    state: int | None = None
    """The state that a status reason belongs to."""
    default_status: int | None = None
    """The status reason that a row gets with this state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A table that a lookup may point to, and the names of the way there and back."""

    table: str
    navigation: str
    """The single-valued property on the lookup's own table."""
    collection: str
    """The collection-valued property on the target; also the relationship's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column's definition."""

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
    """The participation type of the activity parties that a list of parties stands for."""
    base_of: str = ""
    """The money column whose amount this one repeats in the base currency."""
    secured: bool = False
    readable: bool = True
    creatable: bool = True
    updatable: bool = True
    required: bool = False

    @property
    def wire_name(self) -> str:
        """The column's property in a row's JSON."""
        return f"_{self.name}_value" if self.kind in LOOKUPS else self.name

    @property
    def guarded_by(self) -> str:
        """The column whose field permission decides over this one."""
        return self.base_of or self.name

    def option(self, value: object) -> Option | None:
        """The choice with this number."""
        return next((option for option in self.options if option.value == value), None)

    def target(self, table: str) -> Target | None:
        """How the lookup points to the table; None where it cannot."""
        return next((target for target in self.targets if target.table == table), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ManyToMany:
    """An association between rows of two tables, kept as rows of a table in between."""

    name: str
    between: str
    own_column: str
    other_column: str
    other_table: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlternateKey:
    """Columns whose values together name one row."""

    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table's definition."""

    name: str
    schema_name: str
    label: str
    plural: str
    set_name: str
    """Empty for tables that the Web API does not show."""
    type_code: int
    primary_id: str
    primary_name: str
    columns: Mapping[str, Column]
    ownership: Ownership = Ownership.USER
    privilege: str = ""
    """What follows `prvRead` and its like in the privileges' names; empty for tables that nobody asks for."""
    is_activity: bool = False
    is_virtual: bool = False
    sends_updates: bool = True
    tracked: bool = True
    """Whether the table's changes can be asked for by delta links (`ChangeTrackingEnabled`)."""
    rights_from: str = ""
    """The lookup to the row whose rights count for this one too."""
    number: tuple[str, str] | None = None
    """The column with the row's running number, and what the number starts with."""
    associations: tuple[ManyToMany, ...] = field(default=())
    keys: tuple[AlternateKey, ...] = ()

    @cached_property
    def by_wire_name(self) -> Mapping[str, Column]:
        """The columns by their property in a row's JSON; lists of parties have none."""
        return {column.wire_name: column for column in self.columns.values() if column.kind is not Kind.PARTY_LIST}

    @cached_property
    def navigations(self) -> Mapping[str, tuple[Column, Target | None]]:
        """Lookups by their single-valued properties. An owner's one property leads to users and teams (None)."""
        found: dict[str, tuple[Column, Target | None]] = {}
        for column in self.columns.values():
            for target in column.targets:
                shared = column.kind is Kind.OWNER
                found[target.navigation] = (column, None if shared else target)
        return found

    @property
    def state(self) -> Column | None:
        """The column with the row's state."""
        return self.columns.get("statecode")

    @property
    def status(self) -> Column | None:
        """The column with the row's status reason."""
        return self.columns.get("statuscode")

    @property
    def money(self) -> Iterable[Column]:
        """The columns with amounts of money that people set."""
        return (column for column in self.columns.values() if column.kind is Kind.MONEY and not column.base_of)


@dataclass(frozen=True, slots=True, kw_only=True)
class Children:
    """A collection of rows that point to a row."""

    name: str
    table: str
    column: str


class Schema:
    """All tables."""

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
        """The table with this logical name."""
        return self.tables.get(name)

    def collections(self, table: str) -> Mapping[str, Children]:
        """The collections of rows of other tables that point to a row of this one."""
        return self._collections[table]

    def _add_collection(self, table: Table, column: Column, target: Target) -> None:
        if target.collection and target.table in self._collections:
            children = Children(name=target.collection, table=table.name, column=column.name)
            self._collections[target.table][target.collection] = children
