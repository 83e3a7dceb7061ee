"""Row lookup by primary or alternate key ("Use an alternate key to reference a record")."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus

from bot.sandbox.dataverse.odata.predicates import folded
from bot.sandbox.dataverse.schema.model import LOOKUPS, TEXTS, Table
from bot.sandbox.dataverse.security.model import Right
from bot.sandbox.dataverse.web_api.path import Segment, key_of, text_of
from bot.sandbox.dataverse.web_api.request_context import Exchange
from bot.sandbox.dataverse.writes.coerce import coerced
from bot.sandbox.errors import DataverseError, bad_query
from bot.sandbox.values import Json, Row, Value

KeyValues = Mapping[str, Value]


def row_id_of(exchange: Exchange, table: Table, segment: Segment) -> str | KeyValues:
    """Return the ID of the row that a segment names, or the alternate key's values if no row has them."""
    values = key_values(table, segment)
    if values is None:
        return key_of(table, segment)
    found = row_with(exchange.draft.all(table.name) if exchange.draft else exchange.caller.rows.all(table.name), values)
    if found is None:
        return values
    # A hidden row is treated as missing because a caller could guess keys.
    if not exchange.caller.may(Right.READ, found):
        raise no_row_with(table)
    return found.id


def key_values(table: Table, segment: Segment) -> KeyValues | None:
    """Return the values of an alternate key, or None if the segment contains a primary key."""
    if "=" not in (segment.argument or ""):
        return None
    given = segment.named()
    if set(given) == {table.primary_id}:
        return None
    columns = {table.by_wire_name[name].name: text for name, text in given.items() if name in table.by_wire_name}
    if len(columns) != len(given) or not any(set(key.columns) == set(columns) for key in table.keys):
        names = ", ".join(given)[:100]
        raise bad_query(f"The specified key attributes ({names}) are not a defined key for the {table.name} entity.")
    return {name: coerced(table, table.columns[name], _literal(table, name, text)) for name, text in columns.items()}


def row_with(rows: Iterable[Row], values: KeyValues) -> Row | None:
    """Return the row with these values. Text is compared without regard to case."""
    return next(
        (row for row in rows if all(_same(row.values.get(name), value) for name, value in values.items())), None
    )


def no_row_with(table: Table) -> DataverseError:
    """Return the error for an alternate key that no row has."""
    return DataverseError(
        HTTPStatus.NOT_FOUND,
        "0x80060891",
        f"A record with the specified key values does not exist in {table.name} entity",
    )


def _literal(table: Table, name: str, text: str) -> Json:
    column = table.columns[name]
    if column.kind in TEXTS:
        return text_of(text)
    if column.kind in LOOKUPS:
        raise bad_query(f"'{name}' is a lookup, which the keys of the sandbox do not hold.")
    return text.strip("'")


def _same(left: Value, right: Value) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return folded(left) == folded(right)
    return left == right
