"""What Dataverse's tables are like, for administrators to choose from."""

from collections.abc import Sequence
from typing import Protocol

from bot.domain.tables import Table, TableName, View
from bot.domain.values import EnvironmentId


class Definitions(Protocol):
    """Tables, views and security roles as the app sees them. Every call may raise `Unavailable`."""

    async def table(self, environment: EnvironmentId, name: str) -> Table:
        """The table and its columns; raises `NotFound` for an unknown name."""
        ...

    async def tables(self, environment: EnvironmentId) -> Sequence[TableName]:
        """The tables whose records people can open, by their labels."""
        ...

    async def views(self, environment: EnvironmentId, table: str) -> Sequence[View]:
        """The table's system views that are lists of records, by name; those whose layout is damaged are left out."""
        ...

    async def has_timeline(self, environment: EnvironmentId, table: str) -> bool:
        """Whether chats can be shown on the timeline of the table's rows."""
        ...

    async def role_names(self, environment: EnvironmentId) -> Sequence[str]:
        """The names of the security roles, in order."""
        ...
