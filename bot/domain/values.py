"""Values that every layer speaks of: environments, records, people, chats, connections."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

EnvironmentId = NewType("EnvironmentId", str)
"""A Dataverse organisation, named by its URL's host."""

ChatId = NewType("ChatId", str)
ConnectionId = NewType("ConnectionId", int)

ObjectId = NewType("ObjectId", str)
"""A person's Entra object id: a GUID in lower case."""

UserId = NewType("UserId", str)
"""The id of a person's row in Dataverse's table `systemuser`: a GUID in lower case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """A Dataverse organisation that the product is set up for."""

    id: EnvironmentId
    url: str
    """Where record links start: scheme, host and, in the sandbox, a path; no slash at the end."""
    hosts: frozenset[str]
    """Hosts, with port where it is not the scheme's own, under which links and events name it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRef:
    """Which row of which table in which environment."""

    environment: EnvironmentId
    table: str
    row_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody in Teams, as an activity names them."""

    account_id: str
    """The channel's own id of the person (`29:…` in Teams)."""
    object_id: ObjectId | None
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person's row in Dataverse's table `systemuser`."""

    id: UserId
    name: str
    sign_in: str
    enabled: bool


class ChatKind(StrEnum):
    """What a conversation is; only group chats can be connected so far."""

    GROUP = "group"
    PERSONAL = "personal"
    CHANNEL = "channel"


TEAMS = "msteams"
"""The Bot Framework's name of the Teams channel; the Emulator and others have their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """A conversation and what is needed to reach it."""

    id: ChatId
    kind: ChatKind
    channel: str
    tenant_id: str
    service_url: str
    bot_id: str
    bot_name: str
    bot_present: bool = True
    team_id: str | None = None
    """The team of a channel, as the directory names it; None where it is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConnection:
    """A connection that is about to be made."""

    chat_id: ChatId
    record: RecordRef
    record_name: str
    record_number: str | None
    connector_id: ObjectId
    connector_name: str
    connected_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection(NewConnection):
    """A connection that is kept: one chat and one record."""

    id: ConnectionId
    paused_at: datetime | None = None
    """Since when nothing is told to the chat, because the bot cannot reach it."""
    paused_reason: str | None = None
