"""What a caller may do with rows and columns ("How role-based security controls access")."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.sandbox.dataverse.schema.model import Column, Ownership, Schema, Table
from bot.sandbox.dataverse.security.model import MASKS, AccessMask, Right, privilege_name
from bot.sandbox.dataverse.security.principal import Principal
from bot.sandbox.errors import DataverseError, missing_privilege, no_such_row
from bot.sandbox.storage.rows import Rows
from bot.sandbox.values import Ref, Row, Value

Find = Callable[[str, str], Row | None]
"""Finds a row by table and id, as the transaction at hand sees it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One user's own rights."""

    schema: Schema
    rows: Rows
    principal: Principal

    def holds(self, right: Right, table: Table) -> bool:
        """Whether some role of the user's gives the right, however far it goes."""
        return privilege_name(right, table.privilege) in self.principal.scopes

    def may(self, right: Right, row: Row) -> bool:
        """Whether the user may do this with the row."""
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
            or self.principal.is_or_is_in(row.target("ownerid"))
            or row.id == self.principal.user.id
            or bool(self.principal.shared.get(row.id, 0) & MASKS[right])
        )

    def everywhere(self, right: Right, table: Table) -> bool:
        """Whether the user may do this with every row of the table, whoever owns it."""
        scope = self.principal.scopes.get(privilege_name(right, table.privilege))
        unowned = table.ownership in {Ownership.ORGANIZATION, Ownership.NONE}
        return scope is not None and not table.rights_from and (scope.everywhere or unowned)

    def column(self, flag: str, table: Table, column: Column) -> bool:
        """Whether the user's profiles allow `canread`, `cancreate` or `canupdate` for the column."""
        if not column.secured or self.principal.administrator:
            return True
        return (table.name, column.guarded_by) in self.principal.secured[flag]

    def mask(self, row: Row) -> AccessMask:
        """All that the user may do with the row."""
        found = AccessMask(0)
        for right in Right:
            if self.may(right, row):
                found |= MASKS[right]
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks: the application user, alone or on behalf of a person. What both may do is allowed."""

    schema: Schema
    rows: Rows
    user: Row
    """The person, or the application user itself."""
    on_behalf: Row | None
    """The application user, where it acts for somebody else."""
    accesses: tuple[Access, ...]

    def holds(self, right: Right, table: Table) -> bool:
        """Whether the caller has the right on some rows of the table."""
        return all(access.holds(right, table) for access in self.accesses)

    def everywhere(self, right: Right, table: Table) -> bool:
        """Whether the caller has the right on every row of the table."""
        return all(access.everywhere(right, table) for access in self.accesses)

    def may(self, right: Right, row: Row) -> bool:
        """Whether the caller may do this with the row."""
        return all(access.may(right, row) for access in self.accesses)

    def column(self, flag: str, table: Table, column: Column) -> bool:
        """Whether the caller has the column's permission `canread`, `cancreate` or `canupdate`."""
        return all(access.column(flag, table, column) for access in self.accesses)

    def value(self, row: Row, column: Column) -> Value:
        """The column's value; None where the caller may not see it."""
        if column.name == "versionnumber":
            return row.version
        if not column.readable:
            return None
        if column.secured and not self.column("canread", self.schema[row.table], column):
            return None
        return row.values.get(column.name)

    def readable(self, table: Table) -> Iterable[Row]:
        """The rows of the table that the caller may see."""
        return (row for row in self.rows.all(table.name) if self.may(Right.READ, row))

    def seen(self, ref: Ref | None) -> Row | None:
        """The row that a lookup points to, if it is there and the caller may see it."""
        row = self.rows.find(ref)
        return row if row and self.may(Right.READ, row) else None

    def read(self, table: Table, row_id: str) -> Row:
        """The row with this id; raises `DataverseError` where it is not there or not for the caller to see."""
        row = self.rows.get(table.name, row_id)
        if row is None:
            raise no_such_row(table, row_id)
        self.require(Right.READ, row)
        return row

    def require(self, right: Right, row: Row) -> None:
        """Raises `DataverseError` where the caller may not do this with the row."""
        if not self.may(right, row):
            raise self.refusal(right, self.schema[row.table])

    def require_held(self, right: Right, table: Table) -> None:
        """Raises `DataverseError` where no role of the caller's gives the right on the table."""
        if not self.holds(right, table):
            raise self.refusal(right, table)

    def refusal(self, right: Right, table: Table) -> DataverseError:
        """The error that says which privilege is missing."""
        return missing_privilege(self.user.id, privilege_name(right, table.privilege), table)
