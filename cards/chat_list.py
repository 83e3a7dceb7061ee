"""The chats that are connected to a record."""

from dataclasses import dataclass, replace
from datetime import datetime

from cards import elements
from cards.buttons import ActionButton, DialogButton, LinkButton, SubmitButton, button_rows, render_button
from cards.inputs import TextInput
from cards.message import Message
from cards.record import RecordHeader, byline, escape_name, escape_word, join_with_dots
from cards.text import escape, local_time, single_line

MAX_ROWS = 6
BEGIN, WORDS = "begin", "words"
"""In what a button sends: which row comes first, and what the names have to hold, from the input."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectedBy:
    """Who connected a chat to the record, and when."""

    name: str
    presence: str
    """Whether the person can be spoken to now."""
    at: datetime
    paused_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedBy:
    """Who ended a connection, and when."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRow:
    """A chat, and what the person can do with it."""

    name: str
    connected: ConnectedBy | None
    """None where it is not connected to the record."""
    state: str
    button: ActionButton | SubmitButton | LinkButton | None
    last_written_at: datetime | None = None
    """When the last message came."""
    last_writer: str = ""
    """Who wrote it, where that is known."""
    ended: EndedBy | None = None
    """None where the connection goes on."""
    sync: str = ""
    """Whether it is shown on the record's timeline in Dynamics 365."""
    sync_since: datetime | None = None
    """Since when that is so, where that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatListView:
    """A page of the list."""

    title: str
    """What stands before the record's number."""
    record: RecordHeader
    rows: tuple[ChatRow, ...]
    total: int
    """Chats in all that fit the words."""
    offset: int
    query: str
    empty_text: str
    """What is said where there is none."""
    page_button: ActionButton | SubmitButton
    """Asks for another page, once it says which."""
    noun: str = "chat"
    """What is counted."""
    is_searchable: bool = True
    """Whether names can be looked for."""
    searched_chats: int | None = None
    """Among so many, the newest, names were looked for; None: among all."""
    more_buttons: tuple[ActionButton | DialogButton, ...] = ()
    """What else can be done about the record's chats."""


def page_offset(offset: int, total: int) -> int:
    """With which row the page begins that is shown: the last one, where the list has become shorter meanwhile."""
    return min(offset, max(0, total - 1) // MAX_ROWS * MAX_ROWS)


def chat_list(view: ChatListView) -> Message:
    """The record, a row for each chat, and the buttons that turn the page or look for a name."""
    return Message(card=elements.AdaptiveCard(list_body(view), full_width=True), summary=single_line(_title(view)))


def list_body(view: ChatListView) -> list[elements.Element]:
    """What stands on it; raises ValueError for too many rows."""
    if len(view.rows) > MAX_ROWS:
        raise ValueError(f"a list of chats has {MAX_ROWS} rows at most")
    body: list[elements.Element] = [
        elements.TextBlock(escape(_title(view)), weight="Bolder"),
        byline(join_with_dots(view.record.kind, view.record.name)),
        *(_row(row) for row in view.rows),
    ]
    body.append(byline(_counted(view)))
    if view.is_searchable and (view.query or view.total > MAX_ROWS):
        body.append(TextInput(WORDS, "Name", value=view.query, hint="A part of the chat's name", longest=100))
    if view.query or view.total > MAX_ROWS:
        body.append(elements.ActionSet([render_button(each) for each in _page_buttons(view)]))
    return [*body, *button_rows(view.more_buttons)]


def _title(view: ChatListView) -> str:
    return f"{view.title} {single_line(view.record.number or view.record.name or view.record.kind)}"


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
        since = f" · {local_time(row.sync_since)}" if row.sync_since else ""
        facts.append(f"{escape(row.sync, limit=200)}{since}")
    return facts


def _counted(view: ChatListView) -> str:
    named = f" with {escape_word(view.query)} in {'their' if view.total > 1 else 'its'} name" if view.query else ""
    named += f", among the newest {view.searched_chats}" if view.searched_chats else ""
    if not view.total:
        return f"No chat{named}." if view.query else escape(view.empty_text)
    if view.total == len(view.rows):
        return f"{view.total} {view.noun}{'' if view.total == 1 else 's'}{named}"
    last = view.offset + len(view.rows)
    return f"{view.offset + 1} to {last} of {view.total}{named}"


def _page_buttons(view: ChatListView) -> list[ActionButton | SubmitButton]:
    turns = [("Find", 0)] if view.is_searchable else []
    if view.offset > 0:
        turns.append(("Later", max(0, view.offset - MAX_ROWS)))
    if view.offset + len(view.rows) < view.total:
        turns.append(("Earlier", view.offset + MAX_ROWS))
    payload = view.page_button.payload
    return [replace(view.page_button, title=title, payload={**payload, BEGIN: str(begin)}) for title, begin in turns]
