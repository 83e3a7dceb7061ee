"""A filter as a tree."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

Scalar: TypeAlias = bool | int | float | str | datetime | None


class Edm(StrEnum):
    """The types that values are compared as."""

    STRING = "Edm.String"
    NUMBER = "Edm.Decimal"
    INT = "Edm.Int32"
    BOOLEAN = "Edm.Boolean"
    GUID = "Edm.Guid"
    DATE = "Edm.DateTimeOffset"
    NULL = "Edm.Null"
    ANY = "any"
    """A definition's property: its values say themselves what they are."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written in the filter."""

    type: Edm
    value: Scalar


@dataclass(frozen=True, slots=True)
class Path:
    """A property, by way of single-valued navigation properties."""

    names: tuple[str, ...]


Operand: TypeAlias = Literal | Path


@dataclass(frozen=True, slots=True)
class Compare:
    """Two values side by side."""

    operator: str
    left: Operand
    right: Operand


@dataclass(frozen=True, slots=True)
class OneOf:
    """A property that has one of several values."""

    path: Path
    values: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class TextMatch:
    """A part of a text: `contains`, `startswith` or `endswith`."""

    function: str
    path: Path
    text: str


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary."""

    inner: "Expression"


@dataclass(frozen=True, slots=True)
class And:
    """All of them."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of them."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Related:
    """Rows of a collection: any of them, or all of them, fulfil the condition. Without one, there is any."""

    path: Path
    every: bool
    inner: "Expression | None"


Expression: TypeAlias = Compare | OneOf | TextMatch | Not | And | Or | Related
