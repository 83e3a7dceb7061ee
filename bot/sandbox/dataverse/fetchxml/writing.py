"""Serialization of FetchXML results. Unlike other queries, they omit empty values."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from bot.sandbox.dataverse.fetchxml.aggregates import Cell
from bot.sandbox.dataverse.fetchxml.joins import ROOT, JoinedRow, Joins
from bot.sandbox.dataverse.fetchxml.model import Fetch, Node
from bot.sandbox.dataverse.odata.answer import RowSerializer
from bot.sandbox.dataverse.odata.tree import Scalar
from bot.sandbox.dataverse.schema.model import Column, Kind, Table
from bot.sandbox.dataverse.writes.coerce import instant
from bot.sandbox.errors import bad_query
from bot.sandbox.values import Json


class FetchSerializer:
    """Serializes the rows of one query. It resolves the columns once."""

    def __init__(self, serializer: RowSerializer, joins: Joins, fetch: Fetch) -> None:
        self._serializer = serializer
        self._distinct = fetch.distinct
        self._columns = [
            (alias, name, column)
            for alias, node in joins.nodes.items()
            for name, column in self._named_columns(joins, alias, node)
        ]
        names = [name for _, name, _ in self._columns]
        if len(names) != len(set(names)):
            raise bad_query("Two attributes of the query have the same alias.")

    @property
    def names(self) -> tuple[str, ...]:
        """Property names of the queried table's own columns."""
        return tuple(name for alias, name, _ in self._columns if alias == ROOT)

    def row(self, found: JoinedRow) -> Mapping[str, Json]:
        """Serialize a row with its linked rows."""
        own = found[ROOT]
        body: dict[str, Json] = {"@odata.etag": own.etag} if own and not self._distinct else {}
        for alias, name, column in self._columns:
            row = found.get(alias)
            parts = dict(self._serializer.property(row, column, name)) if row else {}
            if parts.get(name) is not None:
                body.update(parts)
        return body

    def group(self, cells: Mapping[str, Cell]) -> Mapping[str, Json]:
        """Serialize a group, with labels for the values it is grouped by."""
        body: dict[str, Json] = {}
        for alias, cell in cells.items():
            if cell.value is None:
                continue
            row = cell.source[0].get(cell.source[1]) if cell.source else None
            if cell.source and row:
                body.update(self._serializer.property(row, cell.source[2], alias))
            else:
                body[alias] = to_json(cell.value)
        return body

    def _named_columns(self, joins: Joins, alias: str, node: Node) -> Iterator[tuple[str, Column]]:
        """Yield the property names and columns of a table in the query."""
        table = joins.table(alias)
        everything = node.all_columns or (alias == ROOT and not node.attributes)
        if everything:
            for column in table.by_wire_name.values():
                if column.readable and column.kind is not Kind.IMAGE:
                    yield _name(alias, column, ""), column
            return
        selected = [(each.alias, joins.column(alias, each.name)) for each in dict.fromkeys(node.attributes)]
        for own_alias, column in selected:
            if column.kind is not Kind.PARTY_LIST:
                yield _name(alias, column, own_alias), column
        if alias == ROOT and not self._distinct:
            yield from self._implicit_columns(table, {column.name for _, column in selected})

    @staticmethod
    def _implicit_columns(table: Table, selected: set[str]) -> Iterator[tuple[str, Column]]:
        """Yield the primary key, and the currency if an amount is selected."""
        money = any(table.columns[name].kind is Kind.MONEY for name in selected)
        for name in (table.primary_id, *(["transactioncurrencyid"] if money else [])):
            if name not in selected:
                yield table.columns[name].wire_name, table.columns[name]


def to_json(value: Scalar) -> Json:
    """Convert a comparison value to JSON."""
    return instant(value) if isinstance(value, datetime) else value


def _name(alias: str, column: Column, own_alias: str) -> str:
    if own_alias:
        return own_alias
    return column.wire_name if alias == ROOT else f"{alias}.{column.name}"
