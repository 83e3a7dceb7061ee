"""List of the chats connected to a record."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from cards import elements
from cards.buttons import ActionButton, DialogButton, LinkButton, SubmitButton, button_rows, render_button
from cards.inputs import TextInput
from cards.message import Rendered, message
from cards.paging import page_buttons, turned
from cards.record import RecordHeader, byline, escape_name, escape_word, join_with_dots
from cards.text import escape, local_time, single_line
from cards.translator import Translator

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


@message
def chat_list(t: Translator, view: ChatListView) -> Rendered:
    """Return the card with the record, a row for each chat, and the buttons for paging and searching."""
    card = elements.AdaptiveCard(list_body(t, view), full_width=True)
    return Rendered(card=card, summary=single_line(t.show(view.title)))


def list_body(t: Translator, view: ChatListView) -> list[elements.Element]:
    """Return the elements of the list. Raise ValueError for too many rows."""
    if len(view.rows) > MAX_ROWS:
        raise ValueError(f"a list of chats has {MAX_ROWS} rows at most")
    body: list[elements.Element] = [
        elements.TextBlock(escape(t.show(view.title)), weight="Bolder"),
        byline(join_with_dots(t, view.record.kind, view.record.name)),
        *(_row(t, row) for row in view.rows),
    ]
    body.append(byline(_counted(t, view)))
    if view.hint:
        body.append(byline(escape(t.show(view.hint))))
    if view.is_searchable and (view.query or view.total > MAX_ROWS):
        body.append(TextInput(WORDS, t("Name"), value=view.query, hint=t("Part of the chat name"), longest=100))
    if view.query or view.total > MAX_ROWS:
        body.append(elements.ActionSet([render_button(t, each) for each in _page_buttons(t, view)]))
    return [*body, *button_rows(t, view.more_buttons)]


def _row(t: Translator, row: ChatRow) -> elements.Element:
    words: list[elements.Element] = [elements.TextBlock(escape_name(t.show(row.name)))]
    words += [elements.TextBlock(each, size="Small", subtle=True, spacing="None") for each in _facts(t, row)]
    if row.state:
        words.append(elements.TextBlock(escape(t.show(row.state), limit=400), size="Small", spacing="None"))
    columns = [elements.Column(words, width="stretch")]
    if row.button:
        columns.append(elements.Column([elements.ActionSet([render_button(t, row.button)])], width="auto"))
    return elements.Container([elements.ColumnSet(columns)], separated=True)


def _facts(t: Translator, row: ChatRow) -> list[str]:
    facts = [*_connected(t, row.connected)] if row.connected else []
    if row.last_written_at:
        facts.append(f"{_last_message(t, row.last_writer)} · {local_time(row.last_written_at)}")
    if row.ended:
        by = t("Disconnected by {name}", name=escape_word(t.show(row.ended.name)))
        facts.append(f"{by} · {local_time(row.ended.at)}")
    if row.sync:
        at = row.sync_since
        since = t("Last activity: {time}.", time=local_time(at)) if at else ""
        facts.append(t.sentences(escape(t.show(row.sync), limit=200), since))
    return facts


def _connected(t: Translator, connected: ConnectedBy) -> list[str]:
    name, presence = escape_word(t.show(connected.name)), escape_word(t.show(connected.presence))
    by = t("Connected by {name} ({presence})", name=name, presence=presence)
    facts = [f"{by} · {local_time(connected.at)}"]
    if connected.paused_at:
        facts.append(t("Paused since {time}", time=local_time(connected.paused_at)))
    return facts


def _last_message(t: Translator, writer: str) -> str:
    return t("Last message by {name}", name=escape_word(t.show(writer))) if writer else t("Last message")


def _counted(t: Translator, view: ChatListView) -> str:
    """Return the line below the rows: the number of chats, and the part of them on this page."""
    if not view.total and not view.query:
        return escape(t.show(view.empty_text))
    words, among = escape_word(view.query), view.searched_chats
    if not view.query:
        return _unnamed(t, view)
    return _named_among(t, view, words, among) if among else _named(t, view, words)


def _unnamed(t: Translator, view: ChatListView) -> str:
    first, last = view.offset + 1, view.offset + len(view.rows)
    if view.total > len(view.rows):
        return t("{first} to {last} of {total}", first=first, last=last, total=view.total)
    if view.noun == "connection":
        return t.plural(view.total, "1 connection", "{count} connections")
    return t.plural(view.total, "1 chat", "{count} chats")


def _named(t: Translator, view: ChatListView, words: str) -> str:
    if not view.total:
        return t("No chat has {words} in its name.", words=words)
    if view.total > len(view.rows):
        return t.plural(
            view.total,
            "{first} to {last} of 1 chat with {words} in its name",
            "{first} to {last} of {count} chats with {words} in their names",
            first=view.offset + 1,
            last=view.offset + len(view.rows),
            words=words,
        )
    return t.plural(
        view.total, "1 chat with {words} in its name", "{count} chats with {words} in their names", words=words
    )


def _named_among(t: Translator, view: ChatListView, words: str, among: int) -> str:
    """Return the line for a search in only the newest chats."""
    if not view.total:
        return t("None of the newest {among} chats has {words} in its name.", among=among, words=words)
    if view.total > len(view.rows):
        return t.plural(
            view.total,
            "{first} to {last} of 1 chat with {words} in its name, among the newest {among}",
            "{first} to {last} of {count} chats with {words} in their names, among the newest {among}",
            first=view.offset + 1,
            last=view.offset + len(view.rows),
            words=words,
            among=among,
        )
    return t.plural(
        view.total,
        "1 of the newest {among} chats has {words} in its name",
        "{count} of the newest {among} chats have {words} in their names",
        words=words,
        among=among,
    )


def _page_buttons(t: Translator, view: ChatListView) -> list[ActionButton | SubmitButton]:
    button = view.page_button
    find = [replace(turned(button, 0), title=t("Find"))] if view.is_searchable else []
    return [*find, *page_buttons(t, button, offset=view.offset, total=view.total, size=MAX_ROWS)]
