"""Row lookup by primary or alternate key ("Use an alternate key to reference a record")."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus

from bot.sandbox.dataverse.odata.predicates import fold_case
from bot.sandbox.dataverse.schema.model import LOOKUPS, TEXTS, Table
from bot.sandbox.dataverse.security.model import Right
from bot.sandbox.dataverse.web_api.path import Segment, parse_row_id, parse_string
from bot.sandbox.dataverse.web_api.request_context import RequestContext
from bot.sandbox.dataverse.writes.coerce import coerce_value
from bot.sandbox.errors import DataverseError, bad_query
from bot.sandbox.values import Json, Row, Value

KeyValues = Mapping[str, Value]


def find_row_id(ctx: RequestContext, table: Table, segment: Segment) -> str | KeyValues:
    """Return the ID of the row that a segment names, or the alternate key's values if no row has them."""
    values = key_values(table, segment)
    if values is None:
        return parse_row_id(table, segment)
    found = find_by_key(ctx.transaction.all(table.name) if ctx.transaction else ctx.caller.rows.all(table.name), values)
    if found is None:
        return values
    # A hidden row is treated as missing because a caller could guess keys.
    if not ctx.caller.may(Right.READ, found):
        raise key_not_found(table)
    return found.id


def key_values(table: Table, segment: Segment) -> KeyValues | None:
    """Return the values of an alternate key, or None if the segment contains a primary key."""
    if "=" not in (segment.argument or ""):
        return None
    arguments = segment.arguments()
    if set(arguments) == {table.primary_id}:
        return None
    columns = {table.by_wire_name[name].name: text for name, text in arguments.items() if name in table.by_wire_name}
    if len(columns) != len(arguments) or not any(set(key.columns) == set(columns) for key in table.keys):
        names = ", ".join(arguments)[:100]
        raise bad_query(f"The specified key attributes ({names}) are not a defined key for the {table.name} entity.")
    return {
        name: coerce_value(table, table.columns[name], _literal(table, name, text)) for name, text in columns.items()
    }


def find_by_key(rows: Iterable[Row], values: KeyValues) -> Row | None:
    """Return the row with these values. Text is compared without regard to case."""
    return next(
        (row for row in rows if all(_equal(row.values.get(name), value) for name, value in values.items())), None
    )


def key_not_found(table: Table) -> DataverseError:
    """Return the error for an alternate key that no row has."""
    return DataverseError(
        HTTPStatus.NOT_FOUND,
        "0x80060891",
        f"A record with the specified key values does not exist in {table.name} entity",
    )


def _literal(table: Table, name: str, text: str) -> Json:
    column = table.columns[name]
    if column.kind in TEXTS:
        return parse_string(text)
    if column.kind in LOOKUPS:
        raise bad_query(f"'{name}' is a lookup, which the sandbox does not support in keys.")
    return text.strip("'")


def _equal(left: Value, right: Value) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return fold_case(left) == fold_case(right)
    return left == right
