"""The syntax tree of a FetchXML query, with unresolved names ("Query data using FetchXml")."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """A requested column."""

    name: str
    alias: str = ""
    aggregate: str = ""
    """Aggregate function: `count`, `countcolumn`, `sum`, `avg`, `min`, or `max`."""
    group: bool = False
    part: str = ""
    """Part of a date to group by: `year`, `quarter`, `month`, or `day`."""
    distinct: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A sort order by a column or by the alias of an attribute."""

    name: str
    alias: str = ""
    node: str = ""
    """Alias of the linked table with the column, or empty for the table that contains the order."""
    descending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A comparison of a column with values."""

    name: str
    operator: str
    values: tuple[str, ...] = ()
    node: str = ""
    """Alias of the linked table with the column, or empty for the table that contains the condition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Conditions joined by `and` or `or`."""

    any: bool
    parts: "tuple[Test, ...]"


Test: TypeAlias = Condition | Filter


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """The queried table or a linked table."""

    table: str
    alias: str = ""
    attributes: tuple[Attribute, ...] = ()
    all_columns: bool = False
    """True if all columns are requested."""
    orders: tuple[Order, ...] = ()
    filters: tuple[Filter, ...] = ()
    links: "tuple[Link, ...]" = ()

    def walk(self) -> "Iterator[Node]":
        """Yield this table and its linked tables, in document order."""
        yield self
        for link in self.links:
            yield from link.node.walk()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A linked table and the columns that link it."""

    node: Node
    own: str
    """Column of the linked table (`from`)."""
    other: str
    """Column of the parent table (`to`)."""
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """A complete query."""

    entity: Node
    top: int | None = None
    count: int | None = None
    page: int = 1
    last: str | None = None
    """ID of the previous page's last row, from the paging cookie."""
    distinct: bool = False
    aggregate: bool = False
    raw_order: bool = False
    """True to sort choices by number instead of label (`useraworderby`)."""
