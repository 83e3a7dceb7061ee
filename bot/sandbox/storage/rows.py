"""Rows in memory, and transactions on them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.sandbox.values import Ref, Row, Value

SECURITY_TABLES = frozenset(
    {
        "systemuser",
        "team",
        "businessunit",
        "role",
        "privilege",
        "fieldpermission",
        "principalobjectaccess",
        "systemuserroles",
        "teamroles",
        "teammembership",
        "systemuserprofiles",
        "teamprofiles",
        "roleprivileges",
    }
)
"""Tables whose rows determine people's access rights."""

MAX_REMOVALS = 1_000
"""Number of deleted rows of each table that are remembered, the newest ones, for change tracking."""


@dataclass(frozen=True, slots=True)
class Removal:
    """A deleted row and the version of its deletion."""

    ref: Ref
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The changes of a transaction."""

    put: Sequence[Row] = ()
    removed: Sequence[Removal] = ()
    version: int
    """Highest version that the transaction assigned."""


class Rows:
    """The current rows of all tables."""

    def __init__(self) -> None:
        self.version = 0
        self.security_version = 0
        """Counter that increases with every change to access rights."""
        self._tables: dict[str, dict[str, Row]] = {}
        self._removed: dict[str, dict[str, Removal]] = {}
        self._forgotten: dict[str, int] = {}

    def get(self, table: str, row_id: str) -> Row | None:
        """Return the row, or None if it does not exist."""
        return self._tables.get(table, {}).get(row_id)

    def find(self, ref: Ref | None) -> Row | None:
        """Return the row that a lookup references, or None if it does not exist."""
        return self.get(ref.table, ref.id) if ref else None

    def all(self, table: str) -> Sequence[Row]:
        """Return the table's rows in the order of their creation."""
        return tuple(self._tables.get(table, {}).values())

    def where(self, table: str, **values: Value) -> Sequence[Row]:
        """Return the table's rows whose columns equal these values."""
        return [row for row in self.all(table) if all(row.values.get(name) == value for name, value in values.items())]

    def removed(self, table: str) -> Sequence[Removal]:
        """Return the table's deleted rows in the order of their deletion, without those that were forgotten."""
        return tuple(self._removed.get(table, {}).values())

    def forgotten(self, table: str) -> int:
        """Return the version of the newest deletion in the table that was forgotten; 0 if there is none."""
        return self._forgotten.get(table, 0)

    def apply(self, changes: Changes) -> None:
        """Apply the changes of a transaction."""
        for row in changes.put:
            self._tables.setdefault(row.table, {})[row.id] = row
            self._removed.get(row.table, {}).pop(row.id, None)
        for removal in sorted(changes.removed, key=lambda removal: removal.version):
            self._tables.get(removal.ref.table, {}).pop(removal.ref.id, None)
            self._remember(removal)
        self.version = max(self.version, changes.version)
        touched = {row.table for row in changes.put} | {removal.ref.table for removal in changes.removed}
        self.security_version += bool(touched & SECURITY_TABLES)

    def _remember(self, removal: Removal) -> None:
        """Remember the removal as the newest one of its table, and forget the oldest one if there are too many."""
        removed = self._removed.setdefault(removal.ref.table, {})
        removed.pop(removal.ref.id, None)
        removed[removal.ref.id] = removal
        if len(removed) > MAX_REMOVALS:
            oldest = removed.pop(next(iter(removed)))
            self._forgotten[removal.ref.table] = oldest.version


class Transaction:
    """An open transaction. Only the transaction itself sees its changes."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self._version = rows.version
        self._put: dict[Ref, Row] = {}
        self._removed: dict[Ref, Removal] = {}

    def get(self, table: str, row_id: str) -> Row | None:
        """Return the row as the transaction sees it, or None."""
        ref = Ref(table, row_id)
        return None if ref in self._removed else self._put.get(ref) or self.rows.get(table, row_id)

    def all(self, table: str) -> Iterable[Row]:
        """Return the table's rows as the transaction sees them."""
        existing = [self._put.get(row.ref, row) for row in self.rows.all(table) if row.ref not in self._removed]
        new = [row for ref, row in self._put.items() if ref.table == table and self.rows.get(table, ref.id) is None]
        return [*existing, *new]

    def put(self, table: str, row_id: str, values: Mapping[str, Value]) -> Row:
        """Replace the row's values and assign a new version."""
        self._version += 1
        row = Row(table=table, id=row_id, version=self._version, values=values)
        self._removed.pop(row.ref, None)
        self._put[row.ref] = row
        return row

    def update(self, row: Row, values: Mapping[str, Value]) -> Row:
        """Update these values of the row."""
        return self.put(row.table, row.id, {**row.values, **values})

    def remove(self, row: Row) -> None:
        """Delete the row."""
        self._version += 1
        self._put.pop(row.ref, None)
        self._removed[row.ref] = Removal(row.ref, self._version)

    @property
    def changes(self) -> Changes:
        """Changes of the transaction."""
        return Changes(put=tuple(self._put.values()), removed=tuple(self._removed.values()), version=self._version)
