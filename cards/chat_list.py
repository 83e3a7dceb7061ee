"""The chats that are connected to a record."""

from dataclasses import dataclass, replace
from datetime import datetime

from cards import elements
from cards.buttons import Open, OpenDialog, Press, button
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
class ChatRow:
    """A chat, and what the person can do with it."""

    name: str
    connected: Connected | None
    """None where it is not connected to the record."""
    state: str
    button: Press | Open | None
    written_at: datetime | None = None
    """When the last message came."""


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
    turn: Press
    """Asks for another page, once it says which."""
    further: tuple[Press | OpenDialog, ...] = ()
    """What else can be done about the record's chats."""


def chat_list(view: ChatListView) -> Message:
    """The record, a row for each chat, and the buttons that turn the page or look for a name."""
    if len(view.rows) > ROWS_AT_MOST:
        raise ValueError(f"a list of chats has {ROWS_AT_MOST} rows at most")
    title = f"{view.title} {line(view.record.number or view.record.name or view.record.kind)}"
    body: list[elements.Element] = [
        elements.TextBlock(plain(title), weight="Bolder"),
        byline(dotted(view.record.kind, view.record.name)),
        *(_row(row) for row in view.rows),
    ]
    body.append(byline(_counted(view)))
    if view.words or view.found > ROWS_AT_MOST:
        body.append(TextInput(WORDS, "Name", value=view.words, hint="A part of the chat's name", longest=100))
        body.append(elements.ActionSet([button(each) for each in _turns(view)]))
    actions = [button(each) for each in view.further]
    return Message(card=elements.AdaptiveCard(body, actions=actions, full_width=True), summary=line(title))


def _row(row: ChatRow) -> elements.Element:
    words: list[elements.Element] = [elements.TextBlock(name(row.name))]
    words += [elements.TextBlock(each, size="Small", subtle=True, spacing="None") for each in _facts(row)]
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
        facts.append(f"Last message {moment(row.written_at)}")
    return facts


def _counted(view: ChatListView) -> str:
    named = f" with {word(view.words)} in their name" if view.words else ""
    if not view.found:
        return f"No chat{named}." if view.words else plain(view.none)
    last = view.begin + len(view.rows)
    return f"{view.begin + 1} to {last} of {view.found}{named}"


def _turns(view: ChatListView) -> list[Press]:
    turns = [("Look", 0)]
    if view.begin > 0:
        turns.append(("Previous", max(0, view.begin - ROWS_AT_MOST)))
    if view.begin + len(view.rows) < view.found:
        turns.append(("Next", view.begin + ROWS_AT_MOST))
    payload = view.turn.payload
    return [replace(view.turn, title=title, payload={**payload, BEGIN: str(begin)}) for title, begin in turns]
