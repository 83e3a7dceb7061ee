"""The syntax tree of a filter."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

Scalar: TypeAlias = bool | int | float | str | datetime | None


class Edm(StrEnum):
    """Types for comparisons."""

    STRING = "Edm.String"
    NUMBER = "Edm.Decimal"
    INT = "Edm.Int32"
    BOOLEAN = "Edm.Boolean"
    GUID = "Edm.Guid"
    DATE = "Edm.DateTimeOffset"
    NULL = "Edm.Null"
    ANY = "any"
    """Type of a definition's property, whose values have types of their own."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A literal value in the filter."""

    type: Edm
    value: Scalar


@dataclass(frozen=True, slots=True)
class Path:
    """A property, through single-valued navigation properties."""

    names: tuple[str, ...]


Operand: TypeAlias = Literal | Path


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison of two operands."""

    operator: str
    left: Operand
    right: Operand


@dataclass(frozen=True, slots=True)
class OneOf:
    """A test for one of several values."""

    path: Path
    values: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class TextMatch:
    """A text function: `contains`, `startswith`, or `endswith`."""

    function: str
    path: Path
    text: str


@dataclass(frozen=True, slots=True)
class Not:
    """A negation."""

    inner: "Expression"


@dataclass(frozen=True, slots=True)
class And:
    """A conjunction."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """A disjunction."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Related:
    """A condition on any or all rows of a collection. Without a condition, it matches a non-empty collection."""

    path: Path
    match_all: bool
    inner: "Expression | None"


Expression: TypeAlias = Compare | OneOf | TextMatch | Not | And | Or | Related
