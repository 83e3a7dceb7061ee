"""The version of the tables in the database, compared with that of the code."""

from dataclasses import dataclass
from enum import StrEnum


class SchemaState(StrEnum):
    """Differences between the tables of the database and those of this version."""

    EMPTY = "empty"
    """There are no tables yet."""
    OLDER = "older"
    """Migrations are missing."""
    CURRENT = "current"
    NEWER = "newer"
    """A newer version migrated the database, and this one can still work with it."""
    TOO_NEW = "too new"
    """A newer version migrated the database, and this one cannot work with it."""
    UNKNOWN = "unknown"
    """The tables are from before the first migration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """The revision of the database, and those of the code.

    Revisions are four digits. The first digit is the series. Migrations of a series only add, so a version also works
    with a later revision of its series: two versions share a database during an upgrade.
    """

    found: str | None
    """None without tables."""
    first: str
    newest: str

    @property
    def state(self) -> SchemaState:
        """The difference between the database and this version."""
        if self.found is None:
            return SchemaState.EMPTY
        if self.found > self.newest:
            return SchemaState.NEWER if self.found[:1] == self.newest[:1] else SchemaState.TOO_NEW
        if self.found < self.first:
            return SchemaState.UNKNOWN
        return SchemaState.CURRENT if self.found == self.newest else SchemaState.OLDER

    @property
    def is_usable(self) -> bool:
        """True if this version works with the tables as they are."""
        return self.state in {SchemaState.CURRENT, SchemaState.NEWER}
