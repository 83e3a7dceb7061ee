"""Introduction note for a connected record (spec N1-N4)."""

from dataclasses import dataclass
from datetime import datetime

from cards.buttons import Button, button_rows
from cards.elements import Container, Element
from cards.message import Message
from cards.record import (
    Fact,
    RecordHeader,
    byline,
    display_name,
    escape_word,
    facts,
    heading,
    open_button,
    record_card,
)
from cards.text import local_time


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteView:
    """The content of a note."""

    record: RecordHeader
    facts: tuple[Fact, ...]
    connected_by: str
    connected_at: datetime
    buttons: tuple[Button, ...] = ()
    """Actions in addition to opening the record."""


def note(view: NoteView) -> Message:
    """Return the card with the record, up to five facts, the connector, the time, and the buttons."""
    return Message(
        card=record_card(view.record, _content(view), view.buttons),
        summary=f"{display_name(view.record)} is connected to this chat",
    )


def note_preview(view: NoteView) -> Element:
    """Return the note as a part of a dialog page, with only the button that opens the record."""
    opens = button_rows([open_button(view.record)]) if view.record.url else []
    return Container([*_content(view), *opens], emphasized=True)


def _content(view: NoteView) -> list[Element]:
    body = heading(view.record)
    if view.facts:
        body += facts(view.facts)
    return [*body, byline(f"Connected by {escape_word(view.connected_by)} · {local_time(view.connected_at)}")]
