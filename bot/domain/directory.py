"""People, chats, and teams in the organization's directory."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.texts import Text, text
from bot.domain.values import ChatId, ObjectId

MAX_MEMBERS = 250
"""Members of a group chat ("Limits and specifications for Microsoft Teams")."""

MAX_EXPANDED_MEMBERS = 25
"""Members that Microsoft Graph returns with a chat ("chat resource type")."""

MAX_TOPIC_LENGTH = 250
"""Characters of a chat's name, which must not contain a colon ("Update chat", Microsoft Graph documentation)."""


EXTERNAL = "#EXT#"
"""Part of the principal name of an account of another organization ("Properties of a B2B guest user")."""


class Presence(StrEnum):
    """A person's availability. Its name is part of the pane's protocol."""

    AVAILABLE = "available"
    BUSY = "busy"
    IN_A_CALL = "in a call"
    DO_NOT_DISTURB = "do not disturb"
    AWAY = "away"
    OFFLINE = "offline"
    UNKNOWN = "presence unknown"

    @property
    def label(self) -> Text:
        """The text that lists show."""
        return _PRESENCE_LABELS[self]


_PRESENCE_LABELS = {
    Presence.AVAILABLE: text("available"),
    Presence.BUSY: text("busy"),
    Presence.IN_A_CALL: text("in a call"),
    Presence.DO_NOT_DISTURB: text("do not disturb"),
    Presence.AWAY: text("away"),
    Presence.OFFLINE: text("offline"),
    Presence.UNKNOWN: text("presence unknown"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryPerson:
    """A person in the directory."""

    id: ObjectId
    name: str
    sign_in: str
    """User principal name."""
    mail: str = ""
    title: str = ""
    enabled: bool = True
    guest: bool = False
    """True for a person of another organization."""

    @property
    def chat_address(self) -> str:
        """The address that opens a chat with the person; empty if there is none.

        The principal name of a person of another organization is only a name for the account in this one.
        """
        return self.mail if self.guest or EXTERNAL in self.sign_in.upper() else self.sign_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A small photo of a person."""

    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMember:
    """A member of a chat. Anonymous guests and other bots have no object ID."""

    membership_id: str
    object_id: ObjectId | None
    name: str
    guest: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatAccount:
    """A member of a chat, by the account ID that Teams uses in that chat."""

    id: str
    object_id: ObjectId | None
    name: str = ""
    guest: bool = False
    """True for a person of another organization, or one who did not sign in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryChat:
    """A chat as Microsoft Graph lists it."""

    id: ChatId
    topic: str | None
    created_at: datetime | None
    url: str
    """Link that opens the chat."""
    last_message_at: datetime | None = None
    members: tuple[ChatMember, ...] = ()
    """Members returned with the chat; incomplete for a large chat."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamicsChannel:
    """A channel that Dynamics 365's own collaboration with Teams connected to a record."""

    id: ChatId
    team_id: str


def sanitize_topic(text: str) -> str | None:
    """Return the text as a valid chat name without colons and line breaks, or None if nothing is left (spec C8)."""
    return " ".join(text.replace(":", " ").split())[:MAX_TOPIC_LENGTH].strip() or None
