"""Ports to Dataverse that write rows."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from bot.domain.chat_sync import ActivityRow, DesiredRow, RowChange
from bot.domain.saved_message import SavedMessage
from bot.domain.tables import Raw
from bot.domain.values import ChatId, Connection, EnvironmentId, ObjectId, RecordRef, UserId


class RecordWrites(Protocol):
    """Changes, each made as the caller and of no other version of the row.

    They raise `Conflict` where the row has another version by now, `NotAllowed`, `NotFound`, `BadRequest` for values
    that Dataverse does not take, or `Unavailable`: then it may be done or not.
    """

    async def assign(self, record: RecordRef, owner: UserId, *, version: str, caller: ObjectId) -> None:
        """Makes the user the record's owner."""
        ...

    async def update(self, record: RecordRef, values: Mapping[str, Raw], *, version: str, caller: ObjectId) -> None:
        """Sets these columns."""
        ...

    async def resolve(self, record: RecordRef, reason: int, words: str, *, version: str, caller: ObjectId) -> None:
        """Resolves a case with a status reason; of a case that is not open any more it raises `BadRequest`.

        The version is compared a moment before: a change in that moment is kept, and the case resolved all the same.
        """
        ...


class NotesAndTasks(Protocol):
    """Notes and tasks of a record."""

    async def create(self, record: RecordRef, row_id: str, message: SavedMessage, *, caller: ObjectId) -> None:
        """Writes the message as the caller, under this id, so that it is never there twice.

        Raises `Conflict` where it is there already, `NotSupported` where records of this table have no notes or tasks,
        `NotAllowed` where the caller may not write one, or `Unavailable`.
        """
        ...


class ChatActivityRows(Protocol):
    """Rows of table `chat`. Every call may raise `Unavailable`; none is made faster than Dataverse shall be asked.

    That something is not there is said only where Dataverse itself says so.
    """

    async def has_timeline(self, environment: EnvironmentId, table: str) -> bool:
        """Whether rows of table `chat` can be about rows of this one; raises `NotFound` for an unknown table."""
        ...

    async def users(self, environment: EnvironmentId, people: Sequence[ObjectId]) -> Mapping[ObjectId, UserId]:
        """The enabled users of those people who have one."""
        ...

    async def create(
        self, record: RecordRef, activity_id: str, chat: ChatId, desired: DesiredRow, *, created_by: ObjectId
    ) -> ActivityRow:
        """Creates the row as the maker.

        Raises `Conflict` where it is there already, `NotAllowed` where the maker may not, `NotFound` where the record
        or a user is not there.
        """
        ...

    async def read(self, environment: EnvironmentId, activity_id: str) -> ActivityRow | None:
        """The whole row; None where it is not there."""
        ...

    async def update(self, record: RecordRef, activity_id: str, row: ActivityRow, change: RowChange) -> ActivityRow:
        """The row after the change.

        Raises `Conflict` where it is another version now, `NotFound` where the row, its record or a user is not there.
        """
        ...


class TeamsAssociations(Protocol):
    """Rows by which Dynamics 365's own pane lists chats (spec Y5)."""

    async def set_listed(self, connection: Connection, *, listed: bool) -> None:
        """Lists the chat with the record, or does so no more; raises `NotAllowed` or `Unavailable`."""
        ...
