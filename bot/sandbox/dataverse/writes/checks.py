"""Validation and access checks for writes. Each check raises `DataverseError` if it fails."""

from bot.sandbox.dataverse.schema.model import LOOKUPS, Column, Table
from bot.sandbox.dataverse.security.access import Caller
from bot.sandbox.dataverse.security.model import Right
from bot.sandbox.dataverse.writes.payload import Payload
from bot.sandbox.errors import already_exists, bad_payload, no_such_row, secured_column, wrong_method
from bot.sandbox.storage.rows import Transaction
from bot.sandbox.values import Ref, Row, Value

READ_ONLY_TABLES = frozenset({"activityparty", "asyncoperation", "cs_stocklevel", "privilege", "usersettings"})
"""Tables whose rows only the platform or another system can change."""

UNDELETABLE_TABLES = frozenset({"businessunit", "systemuser", "transactioncurrency"})
"""Tables whose rows can be disabled but not deleted."""


def require_writable(table: Table, method: str) -> None:
    """Require that the table allows this kind of write."""
    if table.name in READ_ONLY_TABLES or (method == "DELETE" and table.name in UNDELETABLE_TABLES):
        raise wrong_method(method)


def require_valid_columns(table: Table, payload: Payload, *, create: bool) -> None:
    """Require that every column can be set and that no mandatory lookup is empty."""
    for name, value in payload.values.items():
        column = table.columns[name]
        if not (column.creatable if create else column.updatable):
            raise bad_payload(table.set_name, f"'{name}' is not valid for {'create' if create else 'update'}.")
        if value is None and is_mandatory_lookup(column):
            raise bad_payload(table.set_name, f"'{name}' must not be empty.")
    if create:
        mandatory = (
            column for column in table.columns.values() if is_mandatory_lookup(column) and column.name != "ownerid"
        )
        for column in mandatory:
            if column.name not in payload.values:
                raise bad_payload(table.set_name, f"'{column.name}' must not be empty.")


def is_mandatory_lookup(column: Column) -> bool:
    """Return True if the column is a lookup that must not be empty."""
    return column.required and column.kind in LOOKUPS


def require_unique(transaction: Transaction, table: Table, row: Row) -> None:
    """Require that no other row has the same alternate key. A key with an empty column is ignored."""
    for key in table.keys:
        own = [row.values.get(name) for name in key.columns]
        if None in own:
            continue
        for other in transaction.all(table.name):
            if other.id != row.id and [other.values.get(name) for name in key.columns] == own:
                raise already_exists()


def require_secured(caller: Caller, table: Table, payload: Payload, *, create: bool) -> None:
    """Require that the caller may set every secured column in the body."""
    flag = "cancreate" if create else "canupdate"
    if not all(caller.column(flag, table, table.columns[name]) for name in payload.values):
        raise secured_column(create=create)


def require_lookups(caller: Caller, transaction: Transaction, row: Row, payload: Payload) -> None:
    """Require that all referenced rows exist and that the caller may append this row to them."""
    for party in payload.parties or ():
        _referenced_row(caller, transaction, party.values.get("partyid"))
    for name, value in payload.values.items():
        found = _referenced_row(caller, transaction, value)
        if found and name != "ownerid":
            caller.require(Right.APPEND, row)
            caller.require(Right.APPEND_TO, found)


def _referenced_row(caller: Caller, transaction: Transaction, value: Value) -> Row | None:
    if not isinstance(value, Ref):
        return None
    found = transaction.get(value.table, value.id)
    if found is None:
        raise no_such_row(caller.schema[value.table], value.id)
    return found
