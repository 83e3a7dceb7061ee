"""Columns as OData properties: lookup by name, and values as the caller may read them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from bot.sandbox.dataverse.odata.predicates import PropertyReader
from bot.sandbox.dataverse.odata.related import collection_table, related_rows
from bot.sandbox.dataverse.odata.tree import Edm, Path, Scalar
from bot.sandbox.dataverse.schema.model import CHOICES, GUIDS, LOOKUPS, TEXTS, Column, Kind, Schema, Table
from bot.sandbox.dataverse.security.access import Caller
from bot.sandbox.errors import not_implemented, unknown_property
from bot.sandbox.values import Ref, Row, Value

_TYPES: dict[Kind, Edm] = {
    **dict.fromkeys(TEXTS, Edm.STRING),
    **dict.fromkeys(CHOICES | {Kind.INTEGER, Kind.BIG_INT}, Edm.INT),
    **dict.fromkeys((Kind.DECIMAL, Kind.DOUBLE, Kind.MONEY), Edm.NUMBER),
    **dict.fromkeys(LOOKUPS | GUIDS, Edm.GUID),
    Kind.BOOLEAN: Edm.BOOLEAN,
    Kind.DATE_TIME: Edm.DATE,
}


def column_of(table: Table, name: str) -> Column:
    """Return the column of a property. Raise `DataverseError` if the property is unknown."""
    column = table.by_wire_name.get(name)
    if column is None:
        raise unknown_property(name, table.name)
    return column


def parse_instant(text: str) -> datetime:
    """Return the instant, or the start of the day, in a date column's text."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def scalar(column: Column, value: Value) -> Scalar:
    """Return the value for comparisons."""
    if isinstance(value, Ref):
        return value.id
    if column.kind is Kind.DATE_TIME and isinstance(value, str):
        return parse_instant(value)
    return None if isinstance(value, tuple) else value


FindRelated: TypeAlias = Callable[[Row], Row | None]
"""Function from a row to a related row that the caller may read."""


@dataclass(frozen=True, slots=True)
class RowProperties:
    """Properties that a filter on a table may use."""

    schema: Schema
    table: Table
    caller: Caller

    def reader(self, path: Path) -> PropertyReader[Row]:
        """Return a reader for the column at the end of the path. A missing or hidden row on the path reads as None."""
        table, find_related = self.table, _identity()
        for name in path.names[:-1]:
            table, find_related = self._step(table, find_related, name)
        column = column_of(table, path.names[-1])
        if column.kind not in _TYPES:
            raise not_implemented(f"filters on columns of type {column.kind}")

        def read(row: Row) -> Scalar:
            found = find_related(row)
            return None if found is None else scalar(column, self.caller.value(found, column))

        return PropertyReader(_TYPES[column.kind], read)

    def collection(self, path: Path) -> "tuple[RowProperties, Callable[[Row], Iterable[Row]]]":
        """Return the properties of a collection's rows, and a function to the rows that the caller may read."""
        table, find_related = self.table, _identity()
        for name in path.names[:-1]:
            table, find_related = self._step(table, find_related, name)
        name = path.names[-1]
        other = collection_table(self.caller, table, name)
        if other is None:
            raise unknown_property(name, table.name)

        def members(row: Row) -> Iterable[Row]:
            found = find_related(row)
            return related_rows(self.caller, found, name) if found else ()

        return RowProperties(self.schema, other, self.caller), members

    def _step(self, table: Table, find_related: FindRelated, name: str) -> tuple[Table, FindRelated]:
        column, target = table.navigations.get(name, (None, None))
        if column is None or target is None:
            raise unknown_property(name, table.name)
        target_table, lookup = target.table, column

        def follow(row: Row) -> Row | None:
            found = find_related(row)
            ref = self.caller.value(found, lookup) if found else None
            return self.caller.find_readable(ref) if isinstance(ref, Ref) and ref.table == target_table else None

        return self.schema[target_table], follow


def _identity() -> FindRelated:
    return lambda row: row
