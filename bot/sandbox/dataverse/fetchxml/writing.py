"""Serialization of FetchXML results. Unlike other queries, they omit empty values."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from bot.sandbox.dataverse.fetchxml.aggregates import Cell
from bot.sandbox.dataverse.fetchxml.joins import ROOT, Found, Joins
from bot.sandbox.dataverse.fetchxml.model import Fetch, Node
from bot.sandbox.dataverse.odata.answer import Answers
from bot.sandbox.dataverse.odata.tree import Scalar
from bot.sandbox.dataverse.schema.model import Column, Kind, Table
from bot.sandbox.dataverse.writes.coerce import instant
from bot.sandbox.errors import bad_query
from bot.sandbox.values import Json


class Writer:
    """Serializes the rows of one query. It resolves the columns once."""

    def __init__(self, answers: Answers, joins: Joins, fetch: Fetch) -> None:
        self._answers = answers
        self._distinct = fetch.distinct
        self._columns = [
            (alias, name, column)
            for alias, node in joins.nodes.items()
            for name, column in self._named(joins, alias, node)
        ]
        names = [name for _, name, _ in self._columns]
        if len(names) != len(set(names)):
            raise bad_query("Two attributes of the query have the same alias.")

    @property
    def names(self) -> tuple[str, ...]:
        """Property names of the queried table's own columns."""
        return tuple(name for alias, name, _ in self._columns if alias == ROOT)

    def row(self, found: Found) -> Mapping[str, Json]:
        """Serialize a row with its linked rows."""
        own = found[ROOT]
        body: dict[str, Json] = {"@odata.etag": own.etag} if own and not self._distinct else {}
        for alias, name, column in self._columns:
            row = found.get(alias)
            parts = dict(self._answers.property(row, column, name)) if row else {}
            if parts.get(name) is not None:
                body.update(parts)
        return body

    def group(self, cells: Mapping[str, Cell]) -> Mapping[str, Json]:
        """Serialize a group, with labels for the values it is grouped by."""
        body: dict[str, Json] = {}
        for alias, cell in cells.items():
            if cell.value is None:
                continue
            row = cell.of[0].get(cell.of[1]) if cell.of else None
            if cell.of and row:
                body.update(self._answers.property(row, cell.of[2], alias))
            else:
                body[alias] = json_of(cell.value)
        return body

    def _named(self, joins: Joins, alias: str, node: Node) -> Iterator[tuple[str, Column]]:
        """Yield the property names and columns of a table in the query."""
        table = joins.table(alias)
        everything = node.every or (alias == ROOT and not node.attributes)
        if everything:
            for column in table.by_wire_name.values():
                if column.readable and column.kind is not Kind.IMAGE:
                    yield _name(alias, column, ""), column
            return
        chosen = [(each.alias, joins.column(alias, each.name)) for each in dict.fromkeys(node.attributes)]
        for own_alias, column in chosen:
            if column.kind is not Kind.PARTY_LIST:
                yield _name(alias, column, own_alias), column
        if alias == ROOT and not self._distinct:
            yield from self._always(table, {column.name for _, column in chosen})

    @staticmethod
    def _always(table: Table, chosen: set[str]) -> Iterator[tuple[str, Column]]:
        """Yield the primary key, and the currency if an amount is selected."""
        money = any(table.columns[name].kind is Kind.MONEY for name in chosen)
        for name in (table.primary_id, *(["transactioncurrencyid"] if money else [])):
            if name not in chosen:
                yield table.columns[name].wire_name, table.columns[name]


def json_of(value: Scalar) -> Json:
    """Convert a comparison value to JSON."""
    return instant(value) if isinstance(value, datetime) else value


def _name(alias: str, column: Column, own_alias: str) -> str:
    if own_alias:
        return own_alias
    return column.wire_name if alias == ROOT else f"{alias}.{column.name}"
