"""What is kept beside: where change tracking goes on, and what becomes of what is old."""

from datetime import datetime
from typing import Protocol

from bot.domain.values import EnvironmentId


class Pruning(Protocol):
    """What is done and old."""

    async def prune(self, *, before: datetime, posts_before: datetime) -> int:
        """Deletes what was done, parked or audited before the instant; gives the number of rows.

        What was known of chats whose last synced connection ended before, or where sync has been off since, is
        forgotten: their names, who is in them, and who wrote last and when.
        """
        ...


class ChangeLinks(Protocol):
    """Where change tracking goes on."""

    async def get(self, environment: EnvironmentId, name: str) -> str | None: ...

    async def put(self, environment: EnvironmentId, name: str, link: str, *, at: datetime) -> None: ...
