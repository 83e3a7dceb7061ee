"""Creation, update, and deletion of rows in a transaction, on behalf of one caller."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from uuid import uuid4

from bot.sandbox.dataverse.schema.model import Kind, Ownership, Table
from bot.sandbox.dataverse.security.access import Caller
from bot.sandbox.dataverse.security.model import Right
from bot.sandbox.dataverse.writes.checks import (
    is_mandatory_lookup,
    require_lookups,
    require_secured,
    require_unique,
    require_valid_columns,
    require_writable,
)
from bot.sandbox.dataverse.writes.coerce import instant
from bot.sandbox.dataverse.writes.derive import next_number, state_values, with_derived_values
from bot.sandbox.dataverse.writes.payload import Payload
from bot.sandbox.errors import DataverseError, bad_payload
from bot.sandbox.storage.rows import Transaction
from bot.sandbox.values import Ref, Row, Value

CASCADE_DELETED_TABLES = frozenset({"fieldpermission", "sdkmessageprocessingstepimage"})
"""Tables whose rows are deleted along with the row they belong to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A change to a row, which webhook steps can subscribe to."""

    message: str
    before: Row | None
    after: Row | None
    target: Mapping[str, Value]
    """Columns that the request set, including unchanged ones."""

    @property
    def row(self) -> Row:
        """The row after the event, or before it if the row was deleted."""
        row = self.after or self.before
        if row is None:
            raise ValueError(self.message)
        return row


class RowWriter:
    """Writes rows for one caller and records the events."""

    def __init__(self, caller: Caller, transaction: Transaction, at: datetime) -> None:
        self._caller = caller
        self._schema = caller.schema
        self._transaction = transaction
        self._at = instant(at)
        self.events: list[Event] = []

    def create(self, table: Table, payload: Payload, row_id: str | None = None) -> Row:
        """Create a row. Raise `DataverseError` if the body is invalid or the caller lacks the rights."""
        require_writable(table, "POST")
        _require_same_key(table, payload, row_id)
        require_valid_columns(table, payload, create=True)
        require_secured(self._caller, table, payload, create=True)
        self._caller.require_privilege(Right.CREATE, table)
        row = self._put_new(table, payload, row_id or payload.row_id or str(uuid4()))
        self._caller.require(Right.CREATE, row)
        require_unique(self._transaction, table, row)
        require_lookups(self._caller, self._transaction, row, payload)
        self._put_parties(row, payload.parties or ())
        self.events.append(Event(message="Create", before=None, after=row, target=payload.values))
        return row

    def update(self, row: Row, payload: Payload) -> Row:
        """Update a row. Raise `DataverseError` if the body is invalid or the caller lacks the rights."""
        table = self._schema[row.table]
        require_writable(table, "PATCH")
        self._caller.require(Right.WRITE, row)
        require_valid_columns(table, payload, create=False)
        require_secured(self._caller, table, payload, create=False)
        _require_same_key(table, payload, row.id)
        if payload.values.get("ownerid", row.values.get("ownerid")) != row.values.get("ownerid"):
            self._caller.require(Right.ASSIGN, row)
        require_lookups(self._caller, self._transaction, row, payload)
        target = {**payload.values, **state_values(table, row.values, payload.values)}
        values = {**row.values, **target, **self._audit_values(table, "modified")}
        after = self._transaction.put(table.name, row.id, with_derived_values(self._transaction, table, values))
        require_unique(self._transaction, table, after)
        if payload.parties is not None:
            self._remove_parties(row)
            self._put_parties(after, payload.parties)
        self.events.append(Event(message="Update", before=row, after=after, target=target))
        return after

    def merge(self, row: Row, master: Row) -> Row:
        """Merge a row into its master. Raise `DataverseError` if the caller may not update both."""
        table = self._schema[row.table]
        for each in (row, master):
            self._caller.require(Right.WRITE, each)
        target: dict[str, Value] = {"masterid": master.ref, "merged": True, "statecode": 2, "statuscode": 2000}
        after = self._transaction.put(
            table.name, row.id, {**row.values, **target, **self._audit_values(table, "modified")}
        )
        self.events.append(Event(message="Update", before=row, after=after, target=target))
        return after

    def delete(self, row: Row) -> None:
        """Delete the row with its parties and shares. Raise `DataverseError` if the row may not be deleted."""
        table = self._schema[row.table]
        require_writable(table, "DELETE")
        self._caller.require(Right.DELETE, row)
        self._remove_parties(row)
        for other, column in list(self._referencing_rows(row)):
            self._unlink(other, column)
        for share in self._transaction.all("principalobjectaccess"):
            if share.values.get("objectid") == row.id:
                self._transaction.remove(share)
        self._transaction.remove(row)
        self.events.append(Event(message="Delete", before=row, after=None, target={}))

    def _put_new(self, table: Table, payload: Payload, row_id: str) -> Row:
        if self._transaction.get(table.name, row_id):
            raise DataverseError(HTTPStatus.PRECONDITION_FAILED, "0x80040237", "Cannot insert duplicate key.")
        defaults = self._defaults(table)
        values = {
            **defaults,
            **next_number(table, self._transaction.all(table.name) if table.number else ()),
            **payload.values,
            **state_values(table, defaults, payload.values),
            table.primary_id: row_id,
        }
        return self._transaction.put(table.name, row_id, with_derived_values(self._transaction, table, values))

    def _defaults(self, table: Table) -> Mapping[str, Value]:
        found: dict[str, Value] = {name: False for name, column in table.columns.items() if column.kind is Kind.BOOLEAN}
        found.update({**self._audit_values(table, "created"), **self._audit_values(table, "modified")})
        if table.ownership is Ownership.USER:
            found["ownerid"] = self._caller.user.ref
        if table.state and table.status:
            first = table.state.options[0]
            found.update(statecode=first.value, statuscode=first.default_status)
        if "transactioncurrencyid" in table.columns and table.name != "transactioncurrency":
            found["transactioncurrencyid"] = next(iter(self._transaction.all("transactioncurrency"))).ref
        if table.name == "chat":
            found.update(linkedby=self._caller.user.ref, linkedon=self._at)
        return found

    def _audit_values(self, table: Table, verb: str) -> Mapping[str, Value]:
        """Return the audit columns for a creation or modification."""
        if f"{verb}on" not in table.columns:
            return {}
        app = self._caller.on_behalf
        return {
            f"{verb}on": self._at,
            f"{verb}by": self._caller.user.ref,
            f"{verb}onbehalfby": app.ref if app else None,
        }

    def _put_parties(self, row: Row, parties: Iterable[Payload]) -> None:
        for party in parties:
            party_id = str(uuid4())
            values = {**party.values, "activityid": row.ref, "ispartydeleted": False, "activitypartyid": party_id}
            self._transaction.put("activityparty", party_id, values)

    def _remove_parties(self, row: Row) -> None:
        for party in list(self._transaction.all("activityparty")):
            if party.values.get("activityid") == row.ref:
                self._transaction.remove(party)

    def _referencing_rows(self, row: Row) -> Iterator[tuple[Row, str]]:
        """Yield the rows with a lookup to this row, with the lookup's column."""
        for table in self._schema.tables.values():
            for other in self._transaction.all(table.name):
                for name, value in other.values.items():
                    if isinstance(value, Ref) and value == row.ref and other.ref != row.ref:
                        yield other, name

    def _unlink(self, other: Row, column: str) -> None:
        """Clear the lookup, or delete the row if it cannot exist without it."""
        table = self._schema[other.table]
        if not table.set_name or table.name in CASCADE_DELETED_TABLES:
            self._transaction.remove(other)
        elif is_mandatory_lookup(table.columns[column]):
            raise DataverseError(
                HTTPStatus.METHOD_NOT_ALLOWED,
                "0x80040227",
                "The object you tried to delete is associated with another object and cannot be deleted.",
            )
        else:
            current = self._transaction.get(other.table, other.id) or other
            self._transaction.put(
                other.table, other.id, with_derived_values(self._transaction, table, {**current.values, column: None})
            )


def _require_same_key(table: Table, payload: Payload, row_id: str | None) -> None:
    """Reject a body whose primary key differs from the key in the path."""
    if row_id is not None and payload.row_id not in {None, row_id}:
        raise bad_payload(table.set_name, "The primary key of a row cannot be changed.")
