"""Request bodies that create or update a row ("Create a table row using the Web API")."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.sandbox.dataverse.schema.model import LOOKUPS, Schema, Table
from bot.sandbox.dataverse.writes.coerce import coerce_value
from bot.sandbox.errors import bad_payload, bad_query, not_implemented
from bot.sandbox.guids import GUID
from bot.sandbox.values import Json, JsonObject, Ref, Value

BIND = "@odata.bind"
PARTIES = "_activity_parties"
MAX_PARTIES = 1_000

_ADDRESS = re.compile(rf"(?:.*/)?(\w+)\(({GUID})\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """The values that a body sets."""

    values: Mapping[str, Value] = field(default_factory=dict)
    row_id: str | None = None
    """Primary key in the body, or None."""
    parties: tuple["Payload", ...] | None = None
    """Activity parties in the body, or None if it does not list them."""


def parse_payload(schema: Schema, table: Table, body: JsonObject) -> Payload:
    """Parse a body. Raise `DataverseError` if a value does not match the table."""
    values: dict[str, Value] = {}
    parties: tuple[Payload, ...] | None = None
    for name, value in body.items():
        if name == f"{table.name}{PARTIES}" and table.is_activity:
            parties = parse_parties(schema, value)
        else:
            values.update(_value(schema, table, name, value))
    row_id = values.pop(table.primary_id, None)
    return Payload(values=values, row_id=row_id if isinstance(row_id, str) else None, parties=parties)


def parse_parties(schema: Schema, value: Json) -> tuple[Payload, ...]:
    """Parse a list of activity parties. Raise `DataverseError` if one is invalid."""
    table = schema["activityparty"]
    if not isinstance(value, list) or len(value) > MAX_PARTIES:
        raise bad_payload(table.set_name, f"Parties must be a list of at most {MAX_PARTIES}.")
    parties = [parse_payload(schema, table, each) for each in value if isinstance(each, dict)]
    if len(parties) != len(value) or any(party.values.get("participationtypemask") is None for party in parties):
        raise bad_payload(table.set_name, "Each party must be an object with a participationtypemask.")
    return tuple(parties)


def parse_reference(schema: Schema, address: str, allowed: Iterable[str]) -> Ref:
    """Parse the row reference in an address such as `/accounts(<id>)`. Raise `DataverseError` for any other text."""
    found = _ADDRESS.fullmatch(address.strip())
    table = schema.by_set.get(found[1]) if found else None
    if found is None or table is None or table.name not in allowed:
        raise bad_query(f"'{address[:200]}' does not identify a row of {' or '.join(allowed)}.")
    return Ref(table.name, found[2].lower())


def _value(schema: Schema, table: Table, name: str, value: Json) -> Mapping[str, Value]:
    """Return the column and its value, or nothing for an annotation."""
    if name.endswith(BIND):
        return _bound(schema, table, name.removesuffix(BIND), value)
    if "@" in name:
        return {}
    if name in table.navigations:
        return _cleared(table, name, value)
    column = table.by_wire_name.get(name)
    if column is None:
        raise _unknown_property(schema, table, name)
    if column.kind in LOOKUPS:
        raise bad_payload(
            table.set_name,
            "CRM do not support direct update of Entity Reference properties, Use Navigation properties instead.",
        )
    return {column.name: coerce_value(table, column, value)}


def _bound(schema: Schema, table: Table, navigation: str, value: Json) -> Mapping[str, Value]:
    column, target = table.navigations.get(navigation, (None, None))
    if column is None:
        raise _unknown_property(schema, table, navigation)
    if value is None:
        return {column.name: None}
    if not isinstance(value, str):
        raise bad_payload(table.set_name, f"'{navigation}{BIND}' must be the address of a row.")
    allowed = [target.table] if target else [each.table for each in column.targets]
    return {column.name: parse_reference(schema, value, allowed)}


def _cleared(table: Table, navigation: str, value: Json) -> Mapping[str, Value]:
    if value is not None:
        raise not_implemented(f"creating a related row in the same request ('{navigation}')")
    return {table.navigations[navigation][0].name: None}


def _unknown_property(schema: Schema, table: Table, name: str) -> Exception:
    if name in schema.collections(table.name):
        return not_implemented(f"creating related rows in the same request ('{name}')")
    return bad_payload(
        table.set_name,
        f"The property '{name}' does not exist on type 'Microsoft.Dynamics.CRM.{table.name}'. "
        "Make sure to only use property names that are defined by the type.",
    )
