"""The content of the pane: rows of chats, channels, and people in sections, for any page (spec P2, P4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.directory import Presence
from bot.domain.errors import ChatSyncError
from bot.domain.values import ChatId, ObjectId, PublicId
from cards.chat_list import ConnectedBy, EndedBy
from cards.record import RecordHeader

PAGE_SIZE = 50
"""Rows of a section, until a person asks for more (spec P2)."""
MAX_SHOWN = 5 * PAGE_SIZE
"""Rows of a section at most. More are found by name."""


class RowState(StrEnum):
    """The relation between a person and a chat, which decides what they can do with it."""

    OPEN = "open"
    """The person is in the chat."""
    JOIN = "join"
    LOCKED = "locked"


class SectionName(StrEnum):
    """The sections of the pane."""

    CONNECTED = "connected"
    """Chats that are connected to the record."""
    SUGGESTED = "suggested"
    """People to talk to about the record."""
    OTHER_RECORDS = "otherRecords"
    """Chats of the person that are connected to other records."""
    OTHER_CHATS = "otherChats"
    """Chats of the person that are not connected to a record."""
    CHANNELS = "channels"
    """Channels that are connected to the record."""
    OTHER_CHANNELS = "otherChannels"
    """Channels in the person's teams that are not connected to the record."""
    PEOPLE = "recordPeople"
    """People with a relation to the record."""
    VIEWERS = "viewers"
    """Other people who have the record open now."""
    TIMELINE = "timeline"
    """Chats that are or were connected to the record."""
    MY_CHATS = "myChats"
    """Connected chats of the person, without a record to show them for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelId:
    """A channel in one of the person's teams."""

    team: str
    channel: ChatId


@dataclass(frozen=True, slots=True, kw_only=True)
class PaneRow:
    """A chat or channel."""

    key: str
    """Identifies the row in its section while the page shows it."""
    name: str
    state: RowState
    text: str
    """Sentence about the state: the reason and the person to ask if the chat is locked."""
    url: str = ""
    """Link that opens the chat; empty if the person is not in it."""
    connection: PublicId | None = None
    """The connection to join; None if there is nothing to join or disconnect."""
    resumable: PublicId | None = None
    """The connection whose sync stopped, and which the person can resume; None for others."""
    own_chat: ChatId | None = None
    """The chat of the row if the person is in it and it is not named by a connection."""
    chat: ChatId | None = None
    """The chat to connect to the record; None if it cannot be connected."""
    channel: ChannelId | None = None
    """The channel to connect to the record; None if it is not one."""
    can_disconnect: bool = False
    """True if the person is in the chat. Their rights are checked when they disconnect it."""
    connected: ConnectedBy | None = None
    last_written_at: datetime | None = None
    last_writer: str = ""
    ended: EndedBy | None = None
    """None while the connection is active."""
    sync: str = ""
    """Sentence about whether the record's timeline in Dynamics 365 shows the chat."""
    records: tuple[RecordHeader | None, ...] = ()
    """Records of the chat; None for each that the person cannot open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """A person."""

    id: ObjectId
    name: str
    title: str
    """The person's job; empty if it is not known."""
    presence: Presence
    reason: str = ""
    """The person's relation to the record."""
    is_self: bool = False
    """True for the person who looks at the pane."""
    chat_url: str = ""
    """Link that starts a chat about the record; empty if there is no way to write to the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Rows under a heading: chats and channels, or people."""

    name: SectionName
    rows: Sequence[PaneRow] = ()
    people: Sequence[PersonRow] = ()
    total: int = 0
    """Number of all rows, shown or not."""
    searched: int | None = None
    """The number of newest chats whose names were searched; None if all were."""
    hint: str = ""
    """Sentence about chats that are not listed."""
    problem: ChatSyncError | None = None
    """The reason why the section is empty or out of date, if it could not be loaded."""
    as_of: datetime | None = None
    """The time of the rows, if they are out of date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaneView:
    """Everything that the pane shows."""

    record: RecordHeader | None
    sections: Sequence[Section]
    chats: Sequence[ChatId] = ()
    """The person's chats, which changes are watched for."""
    is_partial: bool = False
    """True if a complete view takes longer, and the page has to ask for it."""


def section_size(shown: int) -> int:
    """Return the number of rows to show: as many as are asked for and allowed."""
    return max(PAGE_SIZE, min(shown, MAX_SHOWN))
