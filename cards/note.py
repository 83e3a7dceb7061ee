"""Introduction note for a connected record (spec N1-N4)."""

from dataclasses import dataclass
from datetime import datetime

from cards.buttons import Button
from cards.message import Message
from cards.record import Fact, RecordHeader, byline, display_name, escape_word, facts, heading, record_card
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
    body = heading(view.record)
    if view.facts:
        body += facts(view.facts)
    body.append(byline(f"Connected by {escape_word(view.connected_by)} · {local_time(view.connected_at)}"))
    return Message(
        card=record_card(view.record, body, view.buttons),
        summary=f"{display_name(view.record)} is connected to this chat",
    )
