"""Chats, the records that they are connected to, and what they were told of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.key_fields import KnownValue
from bot.domain.values import Chat, ChatId, Connection, ConnectionId, EnvironmentId, NewConnection, ObjectId, RecordRef


class Chats(Protocol):
    """The chats that the bot has heard of."""

    async def get(self, chat: ChatId) -> Chat | None: ...

    async def of(self, chats: Sequence[ChatId]) -> Mapping[ChatId, Chat]: ...

    async def put(self, chat: Chat) -> None: ...

    async def left(self, chat: ChatId) -> None:
        """The bot is not in the chat any more; whoever holds the chat in memory is told."""
        ...

    async def introduce(self, chat: ChatId, at: datetime) -> bool:
        """Notes that the bot introduced itself; False where it had done so before."""
        ...


class Connections(Protocol):
    """Connections between chats and records; ended ones stay as history."""

    async def live(self, chat: ChatId, record: RecordRef) -> Connection | None: ...

    async def get(self, connection: ConnectionId) -> Connection | None:
        """A live connection by its id."""
        ...

    async def in_chat(self, chat: ChatId, *, hold: bool = False) -> Sequence[Connection]:
        """A chat's live connections, oldest first. `hold`: nobody else decides what they are told until the end."""
        ...

    async def of_chats(self, chats: Sequence[ChatId]) -> Mapping[ChatId, Sequence[Connection]]:
        """The live connections of each of the chats that has some."""
        ...

    async def of_record(self, record: RecordRef, *, hold: bool = False) -> Sequence[Connection]:
        """A record's live connections, oldest first. `hold`: as with `in_chat`."""
        ...

    async def add(self, connection: NewConnection) -> Connection | None:
        """The new connection; None where the chat and the record have a live one already."""
        ...

    async def chats_of_rows(self, environment: EnvironmentId, name: str, row_ids: Sequence[str]) -> frozenset[ChatId]:
        """The chats that are connected to one of the rows."""
        ...

    async def chats_of_table(
        self, environment: EnvironmentId, name: str, *, after: ChatId | None, at_most: int
    ) -> Sequence[ChatId]:
        """Chats that are connected to rows of the table, in the order of their ids, beginning after one of them."""
        ...

    async def end(self, connection: ConnectionId, *, at: datetime, by: ObjectId | None, by_name: str) -> bool:
        """Ends a live connection; False where it had ended before."""
        ...

    async def ended(self, connection: ConnectionId, *, since: datetime) -> Connection | None:
        """The connection, where it ended at the instant or later."""
        ...

    async def reopen(self, connection: Connection) -> bool:
        """Lets an ended connection go on; False where it goes on already, or the chat has a newer one."""
        ...

    async def pause(self, chat: ChatId, reason: str, *, at: datetime) -> None:
        """Pauses the chat's live connections: nothing is told to the chat until they are resumed."""
        ...

    async def resume(self, chat: ChatId) -> Sequence[Connection]:
        """Ends the pause; gives the connections that were paused."""
        ...


class KnownValues(Protocol):
    """The last values that chats were told of key fields (spec K2)."""

    async def of(self, connections: Sequence[ConnectionId]) -> Mapping[ConnectionId, Mapping[str, KnownValue]]: ...

    async def put(self, values: Mapping[tuple[ConnectionId, str], KnownValue]) -> None: ...

    async def forget_all(self, environment: EnvironmentId) -> None:
        """Nothing is known any more of what chats were told of records there."""
        ...
