"""What operators and people ask of the queues."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.values import ChatId, Connection
from bot.ports.lanes import Queue


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueState:
    """What waits in a queue."""

    waiting: int
    oldest_at: datetime | None
    """When the oldest was put in."""
    stuck: int | None = None
    """For how many chats sync fails again and again; None of other queues."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMessage:
    """A message that Teams does not have; what it says stays out of sight."""

    id: int
    chat_id: ChatId
    kept_at: datetime
    attempts: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckChat:
    """A chat whose rows in Dataverse cannot be brought up to date."""

    chat_id: ChatId
    asked_at: datetime
    attempts: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatState:
    """What is in the way of a chat's next message."""

    not_before: datetime | None = None
    """When the next message may go out; None where none waits."""
    trouble: str | None = None
    """Why it was not taken so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionState:
    """What became of a connection lately."""

    last_event_at: datetime | None = None
    untold: str | None = None
    """Why nothing could follow from an event so far, or why it was given up."""
    last_sent_at: datetime | None = None
    waiting: int = 0
    """Messages about the record that wait for their chat."""
    given_up: str | None = None
    """Why the last message was parked."""


class Overview(Protocol):
    """What operators and people ask of the queues."""

    async def queues(self) -> Mapping[Queue, QueueState]: ...

    async def parked(self, *, at_most: int) -> Sequence[KeptMessage]:
        """Messages that are not tried again by themselves, the oldest first."""
        ...

    async def waiting(self, *, at_most: int) -> Sequence[KeptMessage]:
        """Messages that are still to be sent, the oldest first."""
        ...

    async def stuck(self, *, at_most: int) -> Sequence[StuckChat]:
        """Chats that sync fails for again and again, in the order of their ids."""
        ...

    async def retry(self, messages: Sequence[int] | None, *, at: datetime) -> Mapping[int, ChatId]:
        """Puts parked messages back to be sent, all of them for None; gives these with their chats."""
        ...

    async def drop(self, messages: Sequence[int] | None, *, at: datetime) -> Mapping[int, ChatId]:
        """Gives parked messages up for good, all of them for None; gives these with their chats."""
        ...

    async def of_chat(self, chat: ChatId) -> ChatState:
        """What is in the way of the chat's next message."""
        ...

    async def of_connection(self, connection: Connection) -> ConnectionState:
        """What became of the connection lately."""
        ...
