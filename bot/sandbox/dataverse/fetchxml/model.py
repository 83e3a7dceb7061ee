"""A FetchXML query as a tree ("Query data using FetchXml"). Names are not looked up yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """A column that is asked for."""

    name: str
    alias: str = ""
    aggregate: str = ""
    """`count`, `countcolumn`, `sum`, `avg`, `min` or `max`."""
    group: bool = False
    part: str = ""
    """The part of a date to group by: `year`, `quarter`, `month` or `day`."""
    distinct: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A column, or the alias of one, by which rows are put in order."""

    name: str
    alias: str = ""
    node: str = ""
    """The alias of the linked table that the column is of, where it is not the one that holds the order."""
    descending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A comparison of a column with values."""

    name: str
    operator: str
    values: tuple[str, ...] = ()
    node: str = ""
    """The alias of the linked table that the column is of, where it is not the one that holds the condition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Conditions of which all must hold, or any."""

    any: bool
    parts: "tuple[Test, ...]"


Test: TypeAlias = Condition | Filter


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """The queried table, or a linked one."""

    table: str
    alias: str = ""
    attributes: tuple[Attribute, ...] = ()
    every: bool = False
    """All columns are asked for."""
    orders: tuple[Order, ...] = ()
    filters: tuple[Filter, ...] = ()
    links: "tuple[Link, ...]" = ()

    def walk(self) -> "Iterator[Node]":
        """This table and those linked to it, in the order in which they are written."""
        yield self
        for link in self.links:
            yield from link.node.walk()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A linked table, and how its rows are found."""

    node: Node
    own: str
    """The column of the linked table (`from`)."""
    other: str
    """The column of the table that it is linked to (`to`)."""
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """A whole query."""

    entity: Node
    top: int | None = None
    count: int | None = None
    page: int = 1
    last: str | None = None
    """The id of the last row of the page before, from the paging cookie."""
    distinct: bool = False
    aggregate: bool = False
    raw_order: bool = False
    """Choices are ordered by their numbers, not by their labels (`useraworderby`)."""
