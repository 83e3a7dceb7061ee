"""People, chats and teams as the organisation's directory knows them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.values import ChatId, ObjectId

MAX_MEMBERS = 250
"""Members of a group chat ("Limits and specifications for Microsoft Teams")."""

MAX_TOPIC_LENGTH = 250
"""Characters of a chat's name, which may not hold a colon ("Update chat", Microsoft Graph documentation)."""


class Presence(StrEnum):
    """Whether somebody can be spoken to now, in the words in which it is told."""

    AVAILABLE = "available"
    BUSY = "busy"
    IN_A_CALL = "in a call"
    DO_NOT_DISTURB = "do not disturb"
    AWAY = "away"
    OFFLINE = "offline"
    UNKNOWN = "presence unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryPerson:
    """Somebody in the directory."""

    id: ObjectId
    name: str
    sign_in: str
    """The user principal name."""
    title: str = ""
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMember:
    """Somebody in a chat; without an object id where they are no user (anonymous guests, other bots)."""

    membership_id: str
    object_id: ObjectId | None
    name: str
    guest: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatAccount:
    """Somebody in a chat, by the account that Teams gives them there."""

    id: str
    object_id: ObjectId | None
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryChat:
    """A chat as Teams lists it."""

    id: ChatId
    topic: str | None
    created_at: datetime | None
    url: str
    """Opens the chat."""
    last_message_at: datetime | None = None
    members: tuple[ChatMember, ...] = ()
    """As far as they came with the chat: of a large one not all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A team."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamChannel:
    """A channel of a team."""

    id: ChatId
    name: str
    url: str


def sanitize_topic(text: str) -> str | None:
    """The text as a chat's name: without colons and line ends, not too long; None where nothing is left (spec C8)."""
    return " ".join(text.replace(":", " ").split())[:MAX_TOPIC_LENGTH].strip() or None
