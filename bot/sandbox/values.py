"""What the columns of a row hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
JsonObject: TypeAlias = Mapping[str, Json]

NO_ID = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class Ref:
    """A row of some table, as a lookup holds it."""

    table: str
    id: str


Value: TypeAlias = bool | int | float | str | tuple[int, ...] | Ref | None
"""A column's value. Instants are ISO text in UTC and whole seconds, several choices a sorted tuple of numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row as it is kept. Columns that hold nothing may be missing from `values`."""

    table: str
    id: str
    version: int
    values: Mapping[str, Value]

    @property
    def etag(self) -> str:
        """The weak tag that names this state of the row ("Perform conditional operations")."""
        return f'W/"{self.version}"'

    @property
    def ref(self) -> Ref:
        """This row as a lookup holds it."""
        return Ref(self.table, self.id)

    def text(self, column: str) -> str:
        """The column's text; empty where it holds none."""
        value = self.values.get(column)
        return value if isinstance(value, str) else ""

    def number(self, column: str) -> int | None:
        """The column's whole number, such as the number of a choice."""
        value = self.values.get(column)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def target(self, column: str) -> Ref | None:
        """The row that the lookup column points to."""
        value = self.values.get(column)
        return value if isinstance(value, Ref) else None
