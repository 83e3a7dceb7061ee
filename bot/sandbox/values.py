"""Column values and rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
JsonObject: TypeAlias = Mapping[str, Json]

NO_ID = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference to a row, as a lookup stores it."""

    table: str
    id: str


Value: TypeAlias = bool | int | float | str | tuple[int, ...] | Ref | None
"""A column's value. An instant is ISO text in UTC with whole seconds. Several choices are a sorted tuple of numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A stored row. Empty columns may be missing from `values`."""

    table: str
    id: str
    version: int
    values: Mapping[str, Value]

    @property
    def etag(self) -> str:
        """Weak ETag of this version of the row ("Perform conditional operations")."""
        return f'W/"{self.version}"'

    @property
    def ref(self) -> Ref:
        """Reference to this row, as a lookup stores it."""
        return Ref(self.table, self.id)

    def text(self, column: str) -> str:
        """Return the column's text, or an empty string."""
        value = self.values.get(column)
        return value if isinstance(value, str) else ""

    def number(self, column: str) -> int | None:
        """Return the column's whole number, such as a choice's number, or None."""
        value = self.values.get(column)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def target(self, column: str) -> Ref | None:
        """Return the row that the lookup column references, or None."""
        value = self.values.get(column)
        return value if isinstance(value, Ref) else None
