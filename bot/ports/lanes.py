"""The queues of the post room and who works on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.domain.values import ChatId


class Queue(StrEnum):
    """What is kept until it is worked off, in lanes: a lane of the inbox is a record, those of the others are chats."""

    INBOX = "inbox"
    OUTBOX = "outbox"
    SYNC = "sync"
    """Chats whose rows in Dataverse are to be brought up to date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What was committed and others have to know.

    One of: something was put into a queue; the bot has left a chat; an administrator has saved settings.
    """

    queue: Queue | None = None
    left: ChatId | None = None
    settings: bool = False


class Lanes(Protocol):
    """Who works on which lane: one worker at a time, for as long as its lease goes."""

    async def claim(self, queue: Queue, owner: str, *, at: datetime, until: datetime, at_most: int) -> Sequence[str]:
        """Leases lanes that are due to the owner, the longest due first; gives their names."""
        ...

    async def renew(self, queue: Queue, lanes: Sequence[str], owner: str, *, until: datetime) -> None:
        """Keeps the lanes for longer, as far as they have not gone to another worker meanwhile."""
        ...

    async def release(self, queue: Queue, lanes: Mapping[str, datetime | None], owner: str) -> None:
        """Gives the lanes back; each is due again with its first waiting row, but not before the time given for it."""
        ...

    async def next_due(self, queue: Queue) -> datetime | None:
        """When a lane is due or a lease on a due one ends; None where nothing waits."""
        ...

    async def end_leases(self) -> None:
        """Takes every lane back, whoever has it: for the start of the only worker."""
        ...
