"""The introduction note: what the connected record is (spec N1-N4)."""

from dataclasses import dataclass
from datetime import datetime

from cards.buttons import Button
from cards.message import Message
from cards.record import Fact, RecordHead, byline, called, facts, heading, record_card, word
from cards.text import moment


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteView:
    """What a note says."""

    record: RecordHead
    facts: tuple[Fact, ...]
    connected_by: str
    connected_at: datetime
    buttons: tuple[Button, ...] = ()
    """What can be done with the record, beside opening it."""


def note(view: NoteView) -> Message:
    """Eyebrow, title, up to five facts, who connected and when, and the buttons."""
    body = heading(view.record)
    if view.facts:
        body += facts(view.facts)
    body.append(byline(f"Connected by {word(view.connected_by)} · {moment(view.connected_at)}"))
    return Message(
        card=record_card(view.record, body, view.buttons), summary=f"{called(view.record)} is connected to this chat"
    )
