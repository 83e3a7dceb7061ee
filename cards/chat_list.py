"""The chats that are connected to a record."""

from dataclasses import dataclass, replace
from datetime import datetime

from cards import elements
from cards.buttons import Open, OpenDialog, Press, button
from cards.message import Message
from cards.record import RecordHead, byline, dotted, name, word
from cards.text import line, moment, plain

ROWS_AT_MOST = 6
BEGIN, WORDS = "begin", "words"
"""In the data of the buttons: which row comes first, and what the names have to hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRow:
    """A connected chat, and what the person can do with it."""

    name: str
    connected_by: str
    presence: str
    """Whether the person who connected it can be spoken to now."""
    connected_at: datetime
    paused_at: datetime | None
    state: str
    button: Press | Open | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatListView:
    """A page of the list."""

    record: RecordHead
    rows: tuple[ChatRow, ...]
    found: int
    """Chats in all that fit the words."""
    begin: int
    words: str
    turn: Press
    """Asks for another page, once it says which."""
    new_chat: OpenDialog | None = None
    """Starts another chat about the record."""


def chat_list(view: ChatListView) -> Message:
    """The record, a row for each chat, and the buttons that turn the page or look for a name."""
    if len(view.rows) > ROWS_AT_MOST:
        raise ValueError(f"a list of chats has {ROWS_AT_MOST} rows at most")
    title = f"Chats about {line(view.record.number or view.record.name or view.record.kind)}"
    body: list[elements.Element] = [
        elements.TextBlock(plain(title), weight="Bolder"),
        byline(dotted(view.record.kind, view.record.name)),
        *(_row(row) for row in view.rows),
    ]
    body.append(byline(_counted(view)))
    actions = [button(each) for each in (*_turns(view), view.new_chat) if each]
    return Message(card=elements.AdaptiveCard(body, actions=actions, full_width=True), summary=line(title))


def _row(row: ChatRow) -> elements.Element:
    by = f"Connected by {word(row.connected_by)} ({word(row.presence)}) · {moment(row.connected_at)}"
    words: list[elements.Element] = [
        elements.TextBlock(name(row.name)),
        elements.TextBlock(by, size="Small", subtle=True, spacing="None"),
        elements.TextBlock(plain(row.state, limit=400), size="Small", spacing="None"),
    ]
    if row.paused_at:
        words.append(elements.TextBlock(f"Paused since {moment(row.paused_at)}", size="Small", spacing="None"))
    columns = [elements.Column(words, width="stretch")]
    if row.button:
        columns.append(elements.Column([elements.ActionSet([button(row.button)])], width="auto"))
    return elements.Container([elements.ColumnSet(columns)], separated=True)


def _counted(view: ChatListView) -> str:
    named = f" with {word(view.words)} in their name" if view.words else ""
    if not view.found:
        return f"No chat{named} is connected to this record." if view.words else "No chat is connected to this record."
    last = view.begin + len(view.rows)
    return f"{view.begin + 1} to {last} of {view.found}{named}"


def _turns(view: ChatListView) -> list[Press]:
    turns = []
    if view.begin > 0:
        turns.append(("Previous", max(0, view.begin - ROWS_AT_MOST)))
    if view.begin + len(view.rows) < view.found:
        turns.append(("Next", view.begin + ROWS_AT_MOST))
    payload = {**view.turn.payload, WORDS: view.words}
    return [replace(view.turn, title=title, payload={**payload, BEGIN: str(begin)}) for title, begin in turns]
