"""What the use cases need of the outside, in the words of the domain."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.domain.key_fields import KnownValue, RecordEvent
from bot.domain.outcomes import Outcome
from bot.domain.record_types import RecordType
from bot.domain.tables import Column, Row, Table, View
from bot.domain.values import (
    Chat,
    ChatId,
    Connection,
    ConnectionId,
    EnvironmentId,
    NewConnection,
    ObjectId,
    Person,
    RecordRef,
    User,
    UserId,
)


class Clock(Protocol):
    """The time, so that tests can hold it still."""

    def now(self) -> datetime:
        """The instant, aware and in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Returns when that much time has passed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What change tracking tells of a table."""

    link: str
    """Gives what changes from here on."""
    changed: frozenset[str] = frozenset()
    deleted: frozenset[str] = frozenset()
    complete: bool
    """False where tracking has only begun, or begun again: what changed before is not known."""


class Records(Protocol):
    """Dataverse. A `caller` is the person as whom is asked; None is the app's own identity (spec S5).

    Every call may raise `Unavailable`; calls on a row `NotFound` where it is not there and `NotAllowed` where the
    caller may not see it.
    """

    async def table(self, environment: EnvironmentId, name: str) -> Table:
        """The table and its columns; raises `NotFound` for an unknown name."""
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
        """What changed since the link was given, or the first link; None where the table's changes are not tracked."""
        ...

    async def find(
        self, environment: EnvironmentId, table: Table, words: str, *, caller: ObjectId, at_most: int
    ) -> Sequence[Row]:
        """Rows whose name or number holds the words, the newest first, with name, number and status columns."""
        ...

    async def user(self, environment: EnvironmentId, person: ObjectId) -> User | None:
        """The person's Dataverse user, enabled or not; None where there is none (spec S4)."""
        ...

    async def user_name(self, environment: EnvironmentId, user: UserId) -> str | None:
        """A user's full name; None where the row is not there."""
        ...

    async def name_of(self, environment: EnvironmentId, table: str, row_id: str) -> str | None:
        """The name of any row, as the app sees it; None where it is not there."""
        ...

    async def owned_by(self, record: RecordRef, user: UserId) -> bool:
        """Whether the user owns the row, directly or through the owning team."""
        ...

    async def holds_privilege(self, environment: EnvironmentId, user: UserId, privilege: str) -> bool:
        """Whether one of the user's security roles holds the privilege; False where nobody knows it."""
        ...


class Roster(Protocol):
    """Who is in a chat now, asked of Teams (spec S7)."""

    async def is_member(self, chat: Chat, person: Person) -> bool:
        """Whether the person is in the chat; raises `BotAbsent` where the bot itself is not, or `Unavailable`."""
        ...


class TeamsOut(Protocol):
    """The way into chats for messages that are kept."""

    async def send(self, chat: Chat, activity: bytes) -> Outcome:
        """Posts the activity once and says what became of it."""
        ...


class Administration(Protocol):
    """What administrators set, from memory: asking costs nothing."""

    async def chats_on(self, environment: EnvironmentId) -> bool:
        """Whether chats are turned on (spec S1)."""
        ...

    async def record_types(self, environment: EnvironmentId) -> Mapping[str, RecordType]:
        """The environment's record types by table, the disabled ones too."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage:
    """A finished activity that is on its way to a chat."""

    key: str
    """A second message with the same key is not kept."""
    chat_id: ChatId
    activity: bytes
    """The activity as JSON."""
    connection_id: ConnectionId | None = None
    caused_at: datetime | None = None
    """When the first of the changes was made that it tells of."""
    told_before: Mapping[tuple[ConnectionId, str], KnownValue | None] = field(default_factory=dict)
    """What the chat knew of the columns that the message tells of, by connection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Who did what to which connection, and when."""

    at: datetime
    act: str
    person_id: ObjectId | None
    person_name: str
    chat_id: ChatId
    record: RecordRef
    details: Mapping[str, str] = field(default_factory=dict)


class Queue(StrEnum):
    """What is kept until it is worked off, in lanes: a lane of the inbox is a record, one of the outbox a chat."""

    INBOX = "inbox"
    OUTBOX = "outbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What was committed and others have to know. One of: something was put into a queue; the bot has left a chat."""

    queue: Queue | None = None
    left: ChatId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingMessage:
    """A message at the head of its chat's lane, and the chat as it is reached now."""

    id: int
    chat: Chat
    activity: bytes
    attempts: int
    kept_at: datetime
    correlation_id: str
    caused_at: datetime | None = None
    posts: Sequence[datetime] = ()
    """When the bot wrote into the chat during the last hour, in order."""


class JobKind(StrEnum):
    """What can be asked for a chat."""

    CATCH_UP = "catch up"
    """Telling it what it missed of all its records (spec K9)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatJob:
    """Work on one chat: done once, however often it was asked for meanwhile."""

    kind: JobKind
    chat_id: ChatId


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What waits in a lane of the inbox, in the order in which it came: a record's events, or jobs on a chat."""

    keys: Sequence[str]
    events: Sequence[RecordEvent] = ()
    jobs: Sequence[ChatJob] = ()
    correlation_id: str
    """Of what came last."""


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


class Inbox(Protocol):
    """Events that are kept until what follows from them is kept."""

    async def keep(self, event: RecordEvent, *, at: datetime, due_at: datetime) -> bool:
        """Keeps the event; False where it was kept before. The first waiting event of a record says when it is due."""
        ...

    async def ask(self, job: ChatJob, *, at: datetime, due_at: datetime) -> None:
        """Keeps the job, unless the same one waits already."""
        ...

    async def expects(self, records: Sequence[RecordRef]) -> frozenset[RecordRef]:
        """Those of the records of which an event waits."""
        ...

    async def waiting(self, lanes: Sequence[str]) -> Mapping[str, Waiting]:
        """What waits in each lane that holds something."""
        ...

    async def done(self, keys: Sequence[str], *, at: datetime) -> None:
        """What follows is kept in the same transaction, or nothing follows."""
        ...

    async def failed(self, lane: str, reason: str, *, park_older_than: datetime, at: datetime) -> int:
        """Counts an attempt on the lane's events, and gives their number; older ones are parked with the reason."""
        ...


class Outbox(Protocol):
    """Messages that are kept until Teams has them."""

    async def put(self, messages: Sequence[OutgoingMessage], *, at: datetime) -> None:
        """Keeps each message as the last of its chat, unless one with its key is kept already."""
        ...

    async def heads(
        self, lanes: Sequence[str], posts: Mapping[ChatId, Sequence[datetime]]
    ) -> Mapping[str, WaitingMessage]:
        """The next message of each lane that has one, with its chat's posts."""
        ...

    async def sent(self, messages: Sequence[int], *, at: datetime) -> None:
        """Teams has taken the messages."""
        ...

    async def failed(self, message: int, reason: str) -> None:
        """Teams has not taken it; it stays at the head of its lane."""
        ...

    async def park(self, message: int, reason: str, *, at: datetime) -> None:
        """It will not be tried again by itself."""
        ...

    async def give_up(self, chat: ChatId, reason: str, *, at: datetime) -> None:
        """Parks everything that waits for the chat; what it would have told counts as untold again (spec K9)."""
        ...


class Pace(Protocol):
    """What was posted lately, by whichever process: Teams limits posts by chat and by tenant."""

    async def posted(self, posts: Sequence[tuple[ChatId, datetime]]) -> None:
        """Notes posts into chats."""
        ...

    async def since(self, chats: Sequence[ChatId], at: datetime) -> Mapping[ChatId, Sequence[datetime]]:
        """The posts into each chat after the instant, in order."""
        ...

    async def tenant(self, tenant: str) -> Sequence[datetime]:
        """The last posts that were reserved for the tenant, in order; nobody else may change them meanwhile."""
        ...

    async def reserve(self, tenant: str, posts: Sequence[datetime]) -> None:
        """Keeps these as the tenant's last posts."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueState:
    """What waits in a queue."""

    waiting: int
    oldest_at: datetime | None
    """When the oldest was put in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMessage:
    """A message that Teams does not have; what it says stays out of sight."""

    id: int
    chat_id: ChatId
    kept_at: datetime
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

    async def retry(self, messages: Sequence[int] | None, *, at: datetime) -> int:
        """Puts parked messages back to be sent, all of them for None; gives how many."""
        ...

    async def drop(self, messages: Sequence[int] | None, *, at: datetime) -> int:
        """Gives parked messages up for good, all of them for None; gives how many."""
        ...

    async def of_chat(self, chat: ChatId) -> ChatState:
        """What is in the way of the chat's next message."""
        ...

    async def of_connection(self, connection: Connection) -> ConnectionState:
        """What became of the connection lately."""
        ...


class Pruning(Protocol):
    """What is done and old."""

    async def prune(self, *, before: datetime, posts_before: datetime) -> int:
        """Deletes what was done, parked or audited before the instant; gives the number of rows."""
        ...


class ChangeLinks(Protocol):
    """Where change tracking goes on."""

    async def get(self, environment: EnvironmentId, name: str) -> str | None: ...

    async def put(self, environment: EnvironmentId, name: str, link: str, *, at: datetime) -> None: ...


class Audit(Protocol):
    """What people did."""

    async def add(self, entry: AuditEntry) -> None: ...


class Work(Protocol):
    """One transaction over everything that is kept."""

    @property
    def chats(self) -> Chats: ...
    @property
    def connections(self) -> Connections: ...
    @property
    def known_values(self) -> KnownValues: ...
    @property
    def lanes(self) -> Lanes: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def pace(self) -> Pace: ...
    @property
    def change_links(self) -> ChangeLinks: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def overview(self) -> Overview: ...
    @property
    def pruning(self) -> Pruning: ...


class Store(Protocol):
    """Where things are kept. A block that ends with an error leaves nothing behind."""

    def reading(self) -> AbstractAsyncContextManager[Work]: ...

    def writing(self) -> AbstractAsyncContextManager[Work]: ...
