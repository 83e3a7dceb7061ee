"""Validation and access checks for writes. Each check raises `DataverseError` if it fails."""

from bot.sandbox.dataverse.schema.model import LOOKUPS, Column, Table
from bot.sandbox.dataverse.security.access import Caller
from bot.sandbox.dataverse.security.model import Right
from bot.sandbox.dataverse.writes.payload import Payload
from bot.sandbox.errors import already_there, bad_payload, no_such_row, secured_column, wrong_method
from bot.sandbox.storage.rows import Draft
from bot.sandbox.values import Ref, Row, Value

NOT_WRITTEN = frozenset({"activityparty", "asyncoperation", "cs_stocklevel", "privilege", "usersettings"})
"""Tables whose rows only the platform or another system can change."""

NOT_DELETED = frozenset({"businessunit", "systemuser", "transactioncurrency"})
"""Tables whose rows can be disabled but not deleted."""


def require_writable(table: Table, method: str) -> None:
    """Require that the table allows this kind of write."""
    if table.name in NOT_WRITTEN or (method == "DELETE" and table.name in NOT_DELETED):
        raise wrong_method(method)


def require_fitting(table: Table, payload: Payload, *, create: bool) -> None:
    """Require that every column can be set and that no mandatory lookup is empty."""
    for name, value in payload.values.items():
        column = table.columns[name]
        if not (column.creatable if create else column.updatable):
            raise bad_payload(table.set_name, f"'{name}' is not valid for {'create' if create else 'update'}.")
        if value is None and must_hold(column):
            raise bad_payload(table.set_name, f"'{name}' must hold a row.")
    if create:
        needed = (column for column in table.columns.values() if must_hold(column) and column.name != "ownerid")
        for column in needed:
            if column.name not in payload.values:
                raise bad_payload(table.set_name, f"'{column.name}' must hold a row.")


def must_hold(column: Column) -> bool:
    """Return True if the column is a lookup that must not be empty."""
    return column.required and column.kind in LOOKUPS


def require_unique(draft: Draft, table: Table, row: Row) -> None:
    """Require that no other row has the same alternate key. A key with an empty column is ignored."""
    for key in table.keys:
        own = [row.values.get(name) for name in key.columns]
        if None in own:
            continue
        for other in draft.all(table.name):
            if other.id != row.id and [other.values.get(name) for name in key.columns] == own:
                raise already_there()


def require_secured(caller: Caller, table: Table, payload: Payload, *, create: bool) -> None:
    """Require that the caller may set every secured column in the body."""
    flag = "cancreate" if create else "canupdate"
    if not all(caller.column(flag, table, table.columns[name]) for name in payload.values):
        raise secured_column(create=create)


def require_lookups(caller: Caller, draft: Draft, row: Row, payload: Payload) -> None:
    """Require that all referenced rows exist and that the caller may append this row to them."""
    for party in payload.parties or ():
        _there(caller, draft, party.values.get("partyid"))
    for name, value in payload.values.items():
        found = _there(caller, draft, value)
        if found and name != "ownerid":
            caller.require(Right.APPEND, row)
            caller.require(Right.APPEND_TO, found)


def _there(caller: Caller, draft: Draft, value: Value) -> Row | None:
    if not isinstance(value, Ref):
        return None
    found = draft.get(value.table, value.id)
    if found is None:
        raise no_such_row(caller.schema[value.table], value.id)
    return found
