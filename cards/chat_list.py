"""The chats that are connected to a record."""

from dataclasses import dataclass, replace
from datetime import datetime

from cards import elements
from cards.buttons import Open, OpenDialog, Press, Step, button, rows_of
from cards.inputs import TextInput
from cards.message import Message
from cards.record import RecordHead, byline, dotted, name, word
from cards.text import line, moment, plain

ROWS_AT_MOST = 6
BEGIN, WORDS = "begin", "words"
"""In what a button sends: which row comes first, and what the names have to hold, from the input."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """Who connected a chat to the record, and when."""

    by: str
    presence: str
    """Whether the person can be spoken to now."""
    at: datetime
    paused_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """Who ended a connection, and when."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRow:
    """A chat, and what the person can do with it."""

    name: str
    connected: Connected | None
    """None where it is not connected to the record."""
    state: str
    button: Press | Step | Open | None
    written_at: datetime | None = None
    """When the last message came."""
    written_by: str = ""
    """Who wrote it, where that is known."""
    ended: Ended | None = None
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
    record: RecordHead
    rows: tuple[ChatRow, ...]
    found: int
    """Chats in all that fit the words."""
    begin: int
    words: str
    none: str
    """What is said where there is none."""
    turn: Press | Step
    """Asks for another page, once it says which."""
    noun: str = "chat"
    """What is counted."""
    by_name: bool = True
    """Whether names can be looked for."""
    among: int | None = None
    """Among so many, the newest, names were looked for; None: among all."""
    further: tuple[Press | OpenDialog, ...] = ()
    """What else can be done about the record's chats."""


def page_at(begin: int, found: int) -> int:
    """With which row the page begins that is shown: the last one, where the list has become shorter meanwhile."""
    return min(begin, max(0, found - 1) // ROWS_AT_MOST * ROWS_AT_MOST)


def chat_list(view: ChatListView) -> Message:
    """The record, a row for each chat, and the buttons that turn the page or look for a name."""
    return Message(card=elements.AdaptiveCard(list_body(view), full_width=True), summary=line(_title(view)))


def list_body(view: ChatListView) -> list[elements.Element]:
    """What stands on it; raises ValueError for too many rows."""
    if len(view.rows) > ROWS_AT_MOST:
        raise ValueError(f"a list of chats has {ROWS_AT_MOST} rows at most")
    body: list[elements.Element] = [
        elements.TextBlock(plain(_title(view)), weight="Bolder"),
        byline(dotted(view.record.kind, view.record.name)),
        *(_row(row) for row in view.rows),
    ]
    body.append(byline(_counted(view)))
    if view.by_name and (view.words or view.found > ROWS_AT_MOST):
        body.append(TextInput(WORDS, "Name", value=view.words, hint="A part of the chat's name", longest=100))
    if view.words or view.found > ROWS_AT_MOST:
        body.append(elements.ActionSet([button(each) for each in _turns(view)]))
    return [*body, *rows_of(view.further)]


def _title(view: ChatListView) -> str:
    return f"{view.title} {line(view.record.number or view.record.name or view.record.kind)}"


def _row(row: ChatRow) -> elements.Element:
    words: list[elements.Element] = [elements.TextBlock(name(row.name))]
    words += [elements.TextBlock(each, size="Small", subtle=True, spacing="None") for each in _facts(row)]
    if row.state:
        words.append(elements.TextBlock(plain(row.state, limit=400), size="Small", spacing="None"))
    columns = [elements.Column(words, width="stretch")]
    if row.button:
        columns.append(elements.Column([elements.ActionSet([button(row.button)])], width="auto"))
    return elements.Container([elements.ColumnSet(columns)], separated=True)


def _facts(row: ChatRow) -> list[str]:
    facts, connected = [], row.connected
    if connected:
        facts.append(f"Connected by {word(connected.by)} ({word(connected.presence)}) · {moment(connected.at)}")
    if connected and connected.paused_at:
        facts.append(f"Paused since {moment(connected.paused_at)}")
    if row.written_at:
        by = f" by {word(row.written_by)}" if row.written_by else ""
        facts.append(f"Last message{by} · {moment(row.written_at)}")
    if row.ended:
        facts.append(f"Disconnected by {word(row.ended.by)} · {moment(row.ended.at)}")
    if row.sync:
        since = f" · {moment(row.sync_since)}" if row.sync_since else ""
        facts.append(f"{plain(row.sync, limit=200)}{since}")
    return facts


def _counted(view: ChatListView) -> str:
    named = f" with {word(view.words)} in {'their' if view.found > 1 else 'its'} name" if view.words else ""
    named += f", among the newest {view.among}" if view.among else ""
    if not view.found:
        return f"No chat{named}." if view.words else plain(view.none)
    if view.found == len(view.rows):
        return f"{view.found} {view.noun}{'' if view.found == 1 else 's'}{named}"
    last = view.begin + len(view.rows)
    return f"{view.begin + 1} to {last} of {view.found}{named}"


def _turns(view: ChatListView) -> list[Press | Step]:
    turns = [("Find", 0)] if view.by_name else []
    if view.begin > 0:
        turns.append(("Later", max(0, view.begin - ROWS_AT_MOST)))
    if view.begin + len(view.rows) < view.found:
        turns.append(("Earlier", view.begin + ROWS_AT_MOST))
    payload = view.turn.payload
    return [replace(view.turn, title=title, payload={**payload, BEGIN: str(begin)}) for title, begin in turns]
