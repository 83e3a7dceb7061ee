"""Values that every layer uses: environments, records, people, chats, and connections."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

EnvironmentId = NewType("EnvironmentId", str)
"""ID of a Dataverse organization: the host of its URL."""

ChatId = NewType("ChatId", str)
ConnectionId = NewType("ConnectionId", int)

PublicId = NewType("PublicId", str)
"""Random ID of a connection, which names it in buttons. Unlike `ConnectionId`, nobody can guess or count it."""

ObjectId = NewType("ObjectId", str)
"""Entra object ID of a person: a GUID in lowercase."""

UserId = NewType("UserId", str)
"""Row ID of a person in Dataverse's `systemuser` table: a GUID in lowercase."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """A Dataverse organization that the product is configured for."""

    id: EnvironmentId
    url: str
    """Base address of record links: scheme, host, and, in the sandbox, a path; without a slash at the end."""
    hosts: frozenset[str]
    """Hosts that links and events use for the environment, with the port unless it is the scheme's default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRef:
    """A row of a table in an environment."""

    environment: EnvironmentId
    table: str
    row_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person in Teams, as an activity identifies them."""

    account_id: str
    """The channel's own ID of the person (`29:…` in Teams)."""
    object_id: ObjectId | None
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person's row in Dataverse's `systemuser` table."""

    id: UserId
    name: str
    sign_in: str
    enabled: bool


class ChatKind(StrEnum):
    """The kind of a conversation."""

    GROUP = "group"
    PERSONAL = "personal"
    CHANNEL = "channel"


TEAMS = "msteams"
"""The Bot Framework's name for the Teams channel. The Emulator and others have their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """A conversation, with everything needed to reach it."""

    id: ChatId
    kind: ChatKind
    channel: str
    tenant_id: str
    service_url: str
    bot_id: str
    bot_name: str
    bot_present: bool = True
    team_id: str | None = None
    """The directory's ID of a channel's team; None if it is not known."""
    thread: str | None = field(default=None, compare=False)
    """The conversation ID of the channel's thread in which a person acts, and gets the answers; it is not stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConnection:
    """A connection before it is stored."""

    chat_id: ChatId
    record: RecordRef
    record_name: str
    record_number: str | None
    connector_id: ObjectId
    connector_name: str
    connected_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection(NewConnection):
    """A stored connection between one chat and one record."""

    id: ConnectionId
    public_id: PublicId
    paused_at: datetime | None = None
    """Start of a pause, during which the bot cannot reach the chat; None while it can."""
    paused_reason: str | None = None
