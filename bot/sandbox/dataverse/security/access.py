"""Access rights of a caller to rows and columns ("How role-based security controls access")."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.sandbox.dataverse.schema.model import Column, Ownership, Schema, Table
from bot.sandbox.dataverse.security.model import MASKS, AccessMask, Right, privilege_name
from bot.sandbox.dataverse.security.principal import Principal
from bot.sandbox.errors import DataverseError, missing_privilege, no_such_row
from bot.sandbox.storage.rows import Rows
from bot.sandbox.values import Ref, Row, Value

Find = Callable[[str, str], Row | None]
"""Function that finds a row by table and ID, as the current transaction sees it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The access rights of one user."""

    schema: Schema
    rows: Rows
    principal: Principal

    def holds(self, right: Right, table: Table) -> bool:
        """Return True if a role of the user grants the right at any depth."""
        return privilege_name(right, table.privilege) in self.principal.scopes

    def may(self, right: Right, row: Row) -> bool:
        """Return True if the user has the right on the row."""
        table = self.schema[row.table]
        if table.rights_from:
            parent = self.rows.find(row.target(table.rights_from))
            return parent is not None and self.may(right, parent)
        scope = self.principal.scopes.get(privilege_name(right, table.privilege))
        if scope is None:
            return False
        if scope.everywhere or table.ownership in {Ownership.ORGANIZATION, Ownership.NONE}:
            return True
        unit = row.target("owningbusinessunit") or row.target("businessunitid")
        return (
            (unit is not None and unit.id in scope.units)
            or self.principal.matches_owner(row.target("ownerid"))
            or row.id == self.principal.user.id
            or bool(self.principal.shared.get(row.id, 0) & MASKS[right])
        )

    def everywhere(self, right: Right, table: Table) -> bool:
        """Return True if the user has the right on every row of the table, regardless of the owner."""
        scope = self.principal.scopes.get(privilege_name(right, table.privilege))
        unowned = table.ownership in {Ownership.ORGANIZATION, Ownership.NONE}
        return scope is not None and not table.rights_from and (scope.everywhere or unowned)

    def column(self, flag: str, table: Table, column: Column) -> bool:
        """Return True if the user's profiles allow `canread`, `cancreate`, or `canupdate` for the column."""
        if not column.secured or self.principal.administrator:
            return True
        return (table.name, column.guarded_by) in self.principal.secured[flag]

    def mask(self, row: Row) -> AccessMask:
        """Return all rights that the user has on the row."""
        found = AccessMask(0)
        for right in Right:
            if self.may(right, row):
                found |= MASKS[right]
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The caller of a request: the application user, alone or on behalf of a person. It has only the rights of both."""

    schema: Schema
    rows: Rows
    user: Row
    """The person, or the application user itself."""
    on_behalf: Row | None
    """The application user if it acts on behalf of a person, or None."""
    accesses: tuple[Access, ...]

    def holds(self, right: Right, table: Table) -> bool:
        """Return True if the caller has the right on any rows of the table."""
        return all(access.holds(right, table) for access in self.accesses)

    def everywhere(self, right: Right, table: Table) -> bool:
        """Return True if the caller has the right on every row of the table."""
        return all(access.everywhere(right, table) for access in self.accesses)

    def may(self, right: Right, row: Row) -> bool:
        """Return True if the caller has the right on the row."""
        return all(access.may(right, row) for access in self.accesses)

    def column(self, flag: str, table: Table, column: Column) -> bool:
        """Return True if the caller has the permission `canread`, `cancreate`, or `canupdate` for the column."""
        return all(access.column(flag, table, column) for access in self.accesses)

    def value(self, row: Row, column: Column) -> Value:
        """Return the column's value, or None if the caller may not read it."""
        if column.name == "versionnumber":
            return row.version
        if not column.readable:
            return None
        if column.secured and not self.column("canread", self.schema[row.table], column):
            return None
        return row.values.get(column.name)

    def readable(self, table: Table) -> Iterable[Row]:
        """Return the rows of the table that the caller may read."""
        return (row for row in self.rows.all(table.name) if self.may(Right.READ, row))

    def find_readable(self, ref: Ref | None) -> Row | None:
        """Return the row that a lookup references, or None if it does not exist or the caller may not read it."""
        row = self.rows.find(ref)
        return row if row and self.may(Right.READ, row) else None

    def read(self, table: Table, row_id: str) -> Row:
        """Return the row with this ID. Raise `DataverseError` if it does not exist or the caller may not read it."""
        row = self.rows.get(table.name, row_id)
        if row is None:
            raise no_such_row(table, row_id)
        self.require(Right.READ, row)
        return row

    def require(self, right: Right, row: Row) -> None:
        """Raise `DataverseError` if the caller does not have the right on the row."""
        if not self.may(right, row):
            raise self.privilege_error(right, self.schema[row.table])

    def require_privilege(self, right: Right, table: Table) -> None:
        """Raise `DataverseError` if no role of the caller grants the right on the table."""
        if not self.holds(right, table):
            raise self.privilege_error(right, table)

    def privilege_error(self, right: Right, table: Table) -> DataverseError:
        """Return the error that names the missing privilege."""
        return missing_privilege(self.user.id, privilege_name(right, table.privilege), table)
