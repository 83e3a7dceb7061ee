"""List of the chats connected to a record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cards import elements
from cards.buttons import ActionButton, DialogButton, LinkButton, SubmitButton, button_rows, render_button
from cards.inputs import TextInput
from cards.message import Message
from cards.paging import page_buttons, turned
from cards.record import RecordHeader, byline, escape_name, escape_word, join_with_dots
from cards.text import escape, local_time, single_line
from cards.words import plural

Noun = Literal["chat", "connection"]

MAX_ROWS = 6
WORDS = "words"
"""Name in a button's data for the words entered as a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectedBy:
    """The person who connected a chat, and the time."""

    name: str
    presence: str
    """The person's availability."""
    at: datetime
    paused_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedBy:
    """The person who ended a connection, and the time."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRow:
    """A chat and the action that the person can take."""

    name: str
    connected: ConnectedBy | None
    """None if the chat is not connected to the record."""
    state: str
    button: ActionButton | SubmitButton | LinkButton | None
    last_written_at: datetime | None = None
    """Time of the last message."""
    last_writer: str = ""
    """Author of the last message, if known."""
    ended: EndedBy | None = None
    """None while the connection is active."""
    sync: str = ""
    """Sentence about whether the record's timeline in Dynamics 365 shows the chat."""
    resume: ActionButton | None = None
    """The button that resumes the sync, in lists that show it."""
    sync_since: datetime | None = None
    """Time of the last activity in an idle chat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatListView:
    """A page of the list."""

    title: str
    """Title with the placeholder `{record}` for the record's number or name."""
    record: RecordHeader
    rows: tuple[ChatRow, ...]
    total: int
    """Number of all chats that match the words."""
    offset: int
    query: str
    empty_text: str
    """Text for an empty list."""
    page_button: ActionButton | SubmitButton
    """Button for another page. The card adds the index of its first row."""
    noun: Noun = "chat"
    """The things that are counted."""
    is_searchable: bool = True
    """True if people can search by name."""
    searched_chats: int | None = None
    """Number of newest chats that were searched by name; None if all were."""
    hint: str = ""
    """Sentence about rows that are not listed, and how to reach them."""
    more_buttons: tuple[ActionButton | DialogButton, ...] = ()
    """More actions for the record's chats."""


def chat_list(view: ChatListView) -> Message:
    """Return the card with the record, a row for each chat, and the buttons for paging and searching."""
    return Message(card=elements.AdaptiveCard(list_body(view), full_width=True), summary=single_line(_title(view)))


def list_body(view: ChatListView) -> list[elements.Element]:
    """Return the elements of the list. Raise ValueError for too many rows."""
    if len(view.rows) > MAX_ROWS:
        raise ValueError(f"a list of chats has {MAX_ROWS} rows at most")
    body: list[elements.Element] = [
        elements.TextBlock(escape(_title(view)), weight="Bolder"),
        byline(join_with_dots(view.record.kind, view.record.name)),
        *(_row(row) for row in view.rows),
    ]
    body.append(byline(_counted(view)))
    if view.hint:
        body.append(byline(escape(view.hint)))
    if view.is_searchable and (view.query or view.total > MAX_ROWS):
        body.append(TextInput(WORDS, "Name", value=view.query, hint="Part of the chat name", longest=100))
    if view.query or view.total > MAX_ROWS:
        body.append(elements.ActionSet([render_button(each) for each in _page_buttons(view)]))
    return [*body, *button_rows(view.more_buttons)]


def _title(view: ChatListView) -> str:
    record = single_line(view.record.number or view.record.name or view.record.kind)
    return view.title.format(record=record)


def _row(row: ChatRow) -> elements.Element:
    words: list[elements.Element] = [elements.TextBlock(escape_name(row.name))]
    words += [elements.TextBlock(each, size="Small", subtle=True, spacing="None") for each in _facts(row)]
    if row.state:
        words.append(elements.TextBlock(escape(row.state, limit=400), size="Small", spacing="None"))
    columns = [elements.Column(words, width="stretch")]
    if row.button:
        columns.append(elements.Column([elements.ActionSet([render_button(row.button)])], width="auto"))
    return elements.Container([elements.ColumnSet(columns)], separated=True)


def _facts(row: ChatRow) -> list[str]:
    facts, connected = [], row.connected
    if connected:
        name, presence = escape_word(connected.name), escape_word(connected.presence)
        facts.append(f"Connected by {name} ({presence}) · {local_time(connected.at)}")
    if connected and connected.paused_at:
        facts.append(f"Paused since {local_time(connected.paused_at)}")
    if row.last_written_at:
        by = f" by {escape_word(row.last_writer)}" if row.last_writer else ""
        facts.append(f"Last message{by} · {local_time(row.last_written_at)}")
    if row.ended:
        facts.append(f"Disconnected by {escape_word(row.ended.name)} · {local_time(row.ended.at)}")
    if row.sync:
        facts.append(f"{escape(row.sync, limit=200)}{last_activity(row.sync_since)}")
    return facts


_COUNTED: Mapping[Noun, tuple[str, str]] = {
    "chat": ("1 chat", "{found} chats"),
    "connection": ("1 connection", "{found} connections"),
}
_NAMED = ("1 chat with {words} in its name", "{found} chats with {words} in their names")
_NAMED_AMONG = (
    "1 of the newest {among} chats has {words} in its name",
    "{found} of the newest {among} chats have {words} in their names",
)
_PART = "{first} to {last} of {found}"
_NAMED_PART = "{first} to {last} of {found} chats with {words} in their names"
_NAMED_PART_AMONG = "{first} to {last} of {found} chats with {words} in their names, among the newest {among}"
_NONE_NAMED = "No chat has {words} in its name."
_NONE_NAMED_AMONG = "None of the newest {among} chats has {words} in its name."


def last_activity(at: datetime | None) -> str:
    """Return the sentence about a chat's last activity, with a space before it; empty if the time is not known."""
    return f" Last activity: {local_time(at)}." if at else ""


def _counted(view: ChatListView) -> str:
    """Return the line below the rows: the number of chats, and the part of them on this page."""
    if not view.total and not view.query:
        return escape(view.empty_text)
    sentence = _named(view) if view.query else _unnamed(view)
    return sentence.format(
        first=view.offset + 1,
        last=view.offset + len(view.rows),
        found=view.total,
        words=escape_word(view.query),
        among=view.searched_chats,
    )


def _unnamed(view: ChatListView) -> str:
    return _PART if view.total > len(view.rows) else plural(view.total, *_COUNTED[view.noun])


def _named(view: ChatListView) -> str:
    if not view.total:
        return _NONE_NAMED_AMONG if view.searched_chats else _NONE_NAMED
    if view.total > len(view.rows):
        return _NAMED_PART_AMONG if view.searched_chats else _NAMED_PART
    return plural(view.total, *(_NAMED_AMONG if view.searched_chats else _NAMED))


def _page_buttons(view: ChatListView) -> list[ActionButton | SubmitButton]:
    button = view.page_button
    find = [turned(button, "Find", 0)] if view.is_searchable else []
    return [*find, *page_buttons(button, offset=view.offset, total=view.total, size=MAX_ROWS)]
