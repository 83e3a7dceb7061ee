"""Serialization of rows as JSON, with the annotations that the client requested."""

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from bot.sandbox.dataverse.odata.columns import column_of
from bot.sandbox.dataverse.odata.formats import Formatter
from bot.sandbox.dataverse.odata.listing import select_rows
from bot.sandbox.dataverse.odata.options import Expand, Query
from bot.sandbox.dataverse.odata.prefer import FORMATTED, LOOKUP_TABLE, NAVIGATION, Preferences
from bot.sandbox.dataverse.odata.related import collection_table, related_rows
from bot.sandbox.dataverse.schema.model import Column, Kind, Table, Target
from bot.sandbox.dataverse.security.access import Caller
from bot.sandbox.errors import bad_query, unknown_property
from bot.sandbox.values import Json, Ref, Row, Value


class RowSerializer:
    """Serializes rows for one request."""

    def __init__(self, caller: Caller, preferences: Preferences, base: str) -> None:
        self._caller = caller
        self._preferences = preferences
        self._base = base
        self._formatter = Formatter(caller.schema, caller.rows, caller.user.id)

    def address(self, table: Table, row_id: str) -> str:
        """Return the URL of a row."""
        return f"{self._base}/{table.set_name}({row_id})"

    def context(self, table: Table, query: Query, *, single: bool = False) -> str:
        """Return the context URL of a response."""
        return f"{self._base}/$metadata#{table.set_name}{_selection(query)}{'/$entity' if single else ''}"

    def validate(self, table: Table, query: Query) -> None:
        """Raise `DataverseError` for names that the table does not have, even if no row matches."""
        self._columns(table, query)
        for expand in query.expand:
            self._validate_expand(table, expand)

    def row(self, row: Row, query: Query) -> dict[str, Json]:
        """Serialize a row. The primary key is always included, and an amount includes its currency."""
        table = self._caller.schema[row.table]
        body: dict[str, Json] = {"@odata.etag": row.etag}
        for column in self._columns(table, query):
            body.update(self.property(row, column, column.wire_name))
        for expand in query.expand:
            body.update(self._expand(table, row, expand))
        return body

    def _columns(self, table: Table, query: Query) -> Sequence[Column]:
        if query.select is None:
            return [
                column for column in table.by_wire_name.values() if column.readable and column.kind is not Kind.IMAGE
            ]
        selected = [column_of(table, name) for name in query.select]
        if any(column.kind is Kind.MONEY for column in selected):
            selected.append(table.columns["transactioncurrencyid"])
        return list(dict.fromkeys((*selected, table.columns[table.primary_id])))

    def property(self, row: Row, column: Column, name: str) -> Iterator[tuple[str, Json]]:
        """Yield a column's requested annotations and then its value, under a given name."""
        value = self._caller.value(row, column)
        for annotation, text in self._annotations(row, column, value):
            if text is not None and self._preferences.wants(annotation):
                yield f"{name}@{annotation}", text
        yield name, _json_value(value)

    def _annotations(self, row: Row, column: Column, value: Value) -> Iterator[tuple[str, str | None]]:
        yield FORMATTED, self._formatter.text(row, column, value)
        if isinstance(value, Ref):
            target = column.target(value.table)
            yield NAVIGATION, target.navigation if target else None
            yield LOOKUP_TABLE, value.table

    def _validate_expand(self, table: Table, expand: Expand) -> None:
        other = collection_table(self._caller, table, expand.name)
        if other is None:
            if expand.query.filter or expand.query.order or expand.query.top is not None:
                raise bad_query("Only $select and $expand can be given while expanding a many-to-one relationship.")
            column, target = table.navigations.get(expand.name, (None, None))
            if column is None:
                raise unknown_property(expand.name, table.name)
            other = self._caller.schema[target.table] if target else None
        else:
            select_rows(self._caller, other, (), expand.query)
        if other:
            self.validate(other, expand.query)

    def _expand(self, table: Table, row: Row, expand: Expand) -> Iterator[tuple[str, Json]]:
        other = collection_table(self._caller, table, expand.name)
        if other is None:
            column, target = table.navigations[expand.name]
            yield expand.name, self._expand_lookup(row, column, target, expand)
            return
        found = select_rows(self._caller, other, related_rows(self._caller, row, expand.name), expand.query)
        yield expand.name, [self.row(each, expand.query) for each in found[: expand.query.top]]
        select = f"?$select={quote(','.join(expand.query.select), safe=',')}" if expand.query.select else ""
        yield f"{expand.name}@odata.nextLink", f"{self.address(table, row.id)}/{expand.name}{select}"

    def _expand_lookup(self, row: Row, column: Column, target: Target | None, expand: Expand) -> Json:
        value = self._caller.value(row, column)
        found = self._caller.find_readable(value if isinstance(value, Ref) else None)
        if found is None:
            return None
        if target is None:
            return {"@odata.type": f"#Microsoft.Dynamics.CRM.{found.table}", "ownerid": found.id}
        return self.row(found, expand.query) if found.table == target.table else None


def _json_value(value: Value) -> Json:
    if isinstance(value, Ref):
        return value.id
    return ",".join(map(str, value)) if isinstance(value, tuple) else value


def _selection(query: Query) -> str:
    names = [*(query.select or ()), *(f"{each.name}{_selection(each.query) or '()'}" for each in query.expand)]
    return f"({','.join(names)})" if names else ""
