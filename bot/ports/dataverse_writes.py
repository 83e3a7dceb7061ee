"""Ports to Dataverse that write rows."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from bot.domain.chat_sync import ActivityRow, DesiredRow, RowChange
from bot.domain.pane_customizations import (
    InstalledCommand,
    InstalledPane,
    InstalledResource,
    PaneCommand,
    WebResource,
)
from bot.domain.saved_message import SavedMessage
from bot.domain.tables import Raw
from bot.domain.values import ChatId, Connection, EnvironmentId, ObjectId, RecordRef, UserId


class RecordWrites(Protocol):
    """Updates of records, each as the caller and for one version of the row.

    They raise `Conflict` if the row has another version, `NotAllowed`, `NotFound`, `BadRequest` for values that
    Dataverse rejects, or `Unavailable`: then the update may or may not have been made.
    """

    async def assign(self, record: RecordRef, owner: UserId, *, version: str, caller: ObjectId) -> None:
        """Assign the record to the user."""
        ...

    async def update(self, record: RecordRef, values: Mapping[str, Raw], *, version: str, caller: ObjectId) -> None:
        """Update these columns."""
        ...

    async def resolve(self, record: RecordRef, reason: int, words: str, *, version: str, caller: ObjectId) -> None:
        """Resolve a case with a status reason; raises `BadRequest` if the case is not open.

        The version is compared before the request: a change between the two is kept, and the case is resolved anyway.
        """
        ...


class NotesAndTasks(Protocol):
    """Notes and tasks of a record."""

    async def create(self, record: RecordRef, row_id: str, message: SavedMessage, *, caller: ObjectId) -> None:
        """Create a note or task from the message as the caller. Its fixed id prevents duplicates.

        Raises `Conflict` if it exists, `NotSupported` if the table has no notes or tasks, `NotAllowed` if the caller
        may not create it, or `Unavailable`.
        """
        ...


class ChatActivityRows(Protocol):
    """Rows of table `chat`. Each call may raise `Unavailable`, and is delayed to stay below Dataverse's limits.

    A row counts as missing only if Dataverse reports that it does not exist.
    """

    async def has_timeline(self, environment: EnvironmentId, table: str) -> bool:
        """Return whether rows of table `chat` can refer to this table; raises `NotFound` for an unknown table."""
        ...

    async def users(self, environment: EnvironmentId, people: Sequence[ObjectId]) -> Mapping[ObjectId, UserId]:
        """Return the enabled users of the people who have one."""
        ...

    async def create(
        self, record: RecordRef, activity_id: str, chat: ChatId, desired: DesiredRow, *, created_by: ObjectId
    ) -> ActivityRow:
        """Create the row as the maker.

        Raises `Conflict` if it exists, `NotAllowed` if the maker may not create it, and `NotFound` if the record or a
        user does not exist.
        """
        ...

    async def read(self, environment: EnvironmentId, activity_id: str) -> ActivityRow | None:
        """Return the whole row, or None if it does not exist."""
        ...

    async def update(self, record: RecordRef, activity_id: str, row: ActivityRow, change: RowChange) -> ActivityRow:
        """Update the row and return it.

        Raises `Conflict` if it has another version, and `NotFound` if the row, its record, or a user does not exist.
        """
        ...


class TeamsAssociations(Protocol):
    """Rows by which the chat pane of Dynamics 365 lists chats (spec Y5)."""

    async def set_listed(self, connection: Connection, *, listed: bool) -> None:
        """List the chat with the record, or remove it from the list; raises `NotAllowed` or `Unavailable`."""
        ...


class PaneInstaller(Protocol):
    """The web resources and commands that open the pane. Rows with other names are never changed.

    Each call may raise `Unavailable`, and `NotAllowed` if the application user lacks a privilege. Removals ignore rows
    that are deleted already.
    """

    async def missing_privileges(self, environment: EnvironmentId) -> Sequence[str]:
        """Return the names of the privileges that the installation needs and the application user lacks."""
        ...

    async def find(self, environment: EnvironmentId) -> InstalledPane:
        """Return what is installed."""
        ...

    async def create_solution(self, environment: EnvironmentId) -> None:
        """Create the solution that holds the components."""
        ...

    async def put_resource(
        self, environment: EnvironmentId, resource: WebResource, installed: InstalledResource | None
    ) -> str:
        """Create the web resource, or update the installed one; return its id."""
        ...

    async def put_command(
        self,
        environment: EnvironmentId,
        command: PaneCommand,
        installed: InstalledCommand | None,
        resource_ids: Mapping[str, str],
    ) -> None:
        """Create the command, or update the installed one. `resource_ids`: ids of web resources by name."""
        ...

    async def remove_resource(self, environment: EnvironmentId, installed: InstalledResource) -> None:
        """Delete the web resource. Remove the commands that use it first."""
        ...

    async def remove_command(self, environment: EnvironmentId, installed: InstalledCommand) -> None:
        """Delete the command."""
        ...

    async def remove_solution(self, environment: EnvironmentId, solution_id: str) -> None:
        """Delete the solution, but not its components."""
        ...

    async def publish(self, environment: EnvironmentId, resource_ids: Sequence[str]) -> None:
        """Publish the web resources."""
        ...
