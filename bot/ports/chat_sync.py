"""Chats on the timelines of their records: what is kept of them, and the rows in Dataverse."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.chat_sync import ActivityRow, ChatActivity, ChatFacts, RowChange
from bot.domain.values import Chat, ChatId, Connection, ConnectionId, EnvironmentId, ObjectId, RecordRef, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncJob:
    """A chat whose rows are to be brought up to date."""

    chat_id: ChatId
    asked: int
    """Counts how often it was asked for: what is asked for meanwhile is done once more."""
    look: bool
    """Whether Teams is to be asked who is in the chat and what it is called."""
    correlation_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncedConnection:
    """A connection that is shown on its record's timeline."""

    connection: Connection
    ended_at: datetime | None
    ended_by_name: str
    activity: ChatActivity


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncedChat:
    """A chat and what is known of it."""

    chat: Chat
    topic: str | None
    topic_told_at: datetime | None
    """When Teams told of the topic without being asked."""
    looked_at: datetime | None
    """When Teams was last asked for topic and members; None where what was so then is not to be compared with."""
    last_writer_id: ObjectId | None
    last_written_at: datetime | None
    connections: Sequence[SyncedConnection]
    """The live ones, and those that have ended and whose rows are not completed yet; oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What Teams says of a chat."""

    topic: str | None
    accounts: Mapping[str, ObjectId | None]
    """The members' accounts, but for apps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A chat has a new name, or none any more."""

    chat_id: ChatId
    topic: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Somebody wrote into a chat, changed what they had written, or deleted it."""

    chat_id: ChatId
    writer: ObjectId | None
    """None for those who are nobody in Entra ID."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """The time for which sync was off in an environment."""

    begin: datetime
    end: datetime
    active_since: datetime | None
    """Since when something had happened in chats that were not idle when it began; None: no limit."""


class ChatSync(Protocol):
    """What is kept of chats whose connections are synced. Nothing is kept of other chats."""

    async def begin(self, connection: ConnectionId, activity: ChatActivity) -> None:
        """The connection is synced from now on, unless it was before."""
        ...

    async def follow(self, old: ConnectionId, new: ConnectionId) -> None:
        """The new connection takes over the row of the old one."""
        ...

    async def get(self, connections: Sequence[ConnectionId]) -> Mapping[ConnectionId, ChatActivity]:
        """What is kept of the connections that are synced, whether that goes on or not."""
        ...

    async def put(self, connection: ConnectionId, activity: ChatActivity) -> None:
        """Keeps what became of the row; when something last happened in the chat stays as it is."""
        ...

    async def active(self, at: Mapping[ConnectionId, datetime]) -> None:
        """Keeps when something last happened; earlier times change nothing."""
        ...

    async def paused(self, environment: EnvironmentId, pause: Pause) -> None:
        """For connections there that were not idle the pause does not count: what happened before moves by it.

        Who was in their chats before is forgotten: what changed meanwhile is nothing that happens now.
        """
        ...

    async def live(self, chats: Sequence[ChatId]) -> Sequence[SyncedConnection]:
        """The live connections of these chats that are synced, whether that goes on or not."""
        ...

    async def chat(self, chat: ChatId) -> SyncedChat | None:
        """Everything that is known of the chat."""
        ...

    async def looked(self, known: SyncedChat, look: Look, *, at: datetime) -> None:
        """Keeps when Teams was asked and the chat's name, unless another was told since that was `known`."""
        ...

    async def not_seen(self, chat: ChatId, *, at: datetime) -> None:
        """Teams was not to be asked, or did not say anything."""
        ...

    async def named(self, named: Sequence[Named]) -> None:
        """Keeps the chats' names, unless later ones were told."""
        ...

    async def written(self, written: Sequence[Written]) -> None:
        """Keeps who wrote last, unless somebody wrote later."""
        ...

    async def ask(self, chats: Sequence[ChatId], *, look: bool, at: datetime, due_at: datetime) -> None:
        """Has the chats' rows brought up to date; what is asked several times before it is begun is done once.

        What was given up is tried for another day, but is not forgotten to have failed before it is done.
        """
        ...

    async def jobs(self, lanes: Sequence[str]) -> Mapping[str, SyncJob]:
        """What is asked for in each lane."""
        ...

    async def done(self, job: SyncJob, *, at: datetime) -> None:
        """The job is done, unless it was asked for once more: that is another one, of just now."""
        ...

    async def failed(self, lane: str, reason: str, *, park_older_than: datetime, at: datetime) -> int:
        """Counts an attempt, and gives their number; an older job is parked with the reason."""
        ...

    async def stuck(self, chats: Sequence[ChatId]) -> Mapping[ChatId, str]:
        """Why rows of these chats cannot be brought up to date, though it was tried for some minutes.

        Those that can, or may after the next attempt, are left out.
        """
        ...

    async def unlooked(self, *, since: datetime, at_most: int) -> Sequence[ChatId]:
        """Chats with synced connections that Teams was not asked about since, the longest ago first.

        Those whose connections have ended count until their rows are completed; those that wait to be brought up to
        date are left out.
        """
        ...

    async def of_environment(
        self, environment: EnvironmentId, *, after: ChatId | None, at_most: int
    ) -> Sequence[ChatId]:
        """Chats with live connections there, or such that have just ended, in the order of their ids, after one."""
        ...

    async def unsynced(
        self, environment: EnvironmentId, *, after: ConnectionId | None, at_most: int
    ) -> Sequence[Connection]:
        """Live connections of group chats there that were made while sync was off, in the order of their ids."""
        ...

    async def unmirrored(self, chat: ChatId) -> Sequence[tuple[Connection, bool]]:
        """Connections of the chat that are live and not listed in Dynamics 365, or the other way round; which is it.

        One that has ended is left out while its record is connected anew: the two have one place in the list. Only
        group chats are listed there.
        """
        ...

    async def mirrored(self, connection: ConnectionId, *, live: bool) -> None:
        """The connection is listed there, or not any more."""
        ...


class Associations(Protocol):
    """Rows by which Dynamics 365's own pane lists chats (spec Y5)."""

    async def put(self, connection: Connection, *, live: bool) -> None:
        """Lists the chat with the record, or does so no more; raises `NotAllowed` or `Unavailable`."""
        ...


class ActivityRows(Protocol):
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
        self, record: RecordRef, activity_id: str, chat: ChatId, facts: ChatFacts, *, maker: ObjectId
    ) -> ActivityRow:
        """Creates the row as the maker.

        Raises `Conflict` where it is there already, `NotAllowed` where the maker may not, `NotFound` where the record
        or a user is not there.
        """
        ...

    async def read(self, environment: EnvironmentId, activity_id: str) -> ActivityRow | None:
        """The whole row; None where it is not there."""
        ...

    async def write(self, record: RecordRef, activity_id: str, row: ActivityRow, change: RowChange) -> ActivityRow:
        """The row after the change.

        Raises `Conflict` where it is another version now, `NotFound` where the row, its record or a user is not there.
        """
        ...
