"""Dataverse, as the use cases need it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.domain.rights import Role
from bot.domain.tables import Column, Row, Table, View
from bot.domain.values import EnvironmentId, ObjectId, RecordRef, User, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is told of a table's changes since somebody last asked."""

    link: str
    """Gives what changes from here on."""
    changed: frozenset[str] = frozenset()
    deleted: frozenset[str] = frozenset()
    complete: bool
    """False where tracking has only begun, or begun again: what changed before is not known."""
    tells_deletions: bool = True
    """False where `deleted` is empty because nobody tells of it."""


class Records(Protocol):
    """Dataverse. A `caller` is the person as whom is asked; None is the app's own identity (spec S5).

    Every call may raise `Unavailable`; calls on a row `NotFound` where it is not there and `NotAllowed` where the
    caller may not see it.
    """

    async def table(self, environment: EnvironmentId, name: str, *, reader: UserId | None = None) -> Table:
        """The table and its columns; raises `NotFound` for an unknown name.

        `reader`: who reads the labels, in their own language where there are labels in it; else they are in the app's.
        """
        ...

    async def table_by_code(self, environment: EnvironmentId, code: int) -> Table:
        """The table that has this number in this environment; raises `NotFound`."""
        ...

    async def note_view(self, environment: EnvironmentId, table: str, view: str | None) -> View:
        """The view with this id, else the table's default by rule T3; raises `NotFound`, or `NotSupported`."""
        ...

    async def read(self, record: RecordRef, columns: Sequence[Column], *, caller: ObjectId | None) -> Row:
        """The row with these columns, as the caller sees them."""
        ...

    async def read_many(
        self, environment: EnvironmentId, table: Table, row_ids: Sequence[str], columns: Sequence[Column]
    ) -> Mapping[str, Row | None]:
        """The rows as the app sees them, None for one that is gone; rows that the app may not read are left out."""
        ...

    async def changes(self, environment: EnvironmentId, table: Table, link: str | None) -> Changes | None:
        """What changed since the link was given, or the first link; None where nothing tells of the table's changes."""
        ...

    async def find(
        self,
        environment: EnvironmentId,
        table: Table,
        words: str,
        *,
        columns: Sequence[Column],
        caller: ObjectId,
        at_most: int,
    ) -> Sequence[Row]:
        """Rows whose name holds the words or whose number begins with them, all for none; what changed last first."""
        ...

    async def user(self, environment: EnvironmentId, person: ObjectId) -> User | None:
        """The person's Dataverse user, enabled or not; None where there is none (spec S4)."""
        ...

    async def roles(self, environment: EnvironmentId, user: UserId) -> frozenset[Role]:
        """The user's security roles, their own and those of their teams."""
        ...

    async def user_name(self, environment: EnvironmentId, user: UserId) -> str | None:
        """A user's full name; None where the row is not there."""
        ...

    async def object_id(self, environment: EnvironmentId, user: UserId) -> ObjectId | None:
        """Who a user is in Entra; None for users who are nobody there."""
        ...

    async def name_of(self, environment: EnvironmentId, table: str, row_id: str) -> str | None:
        """The name of any row, as the app sees it; None where it is not there."""
        ...

    async def owned_by(self, record: RecordRef, user: UserId) -> bool:
        """Whether the user owns the row, directly or through the owning team."""
        ...

    async def readers(self, record: RecordRef, people: Sequence[ObjectId]) -> frozenset[ObjectId]:
        """Those of the people who have an enabled user and may open the record."""
        ...

    async def may_write(self, record: RecordRef, user: UserId) -> bool:
        """Whether the user may change the record."""
        ...

    async def holds_privilege(self, environment: EnvironmentId, user: UserId, privilege: str) -> bool:
        """Whether one of the user's security roles holds the privilege; False where nobody knows it."""
        ...
