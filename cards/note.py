"""Introduction note for a connected record (spec N1-N4)."""

from dataclasses import dataclass
from datetime import datetime

from cards.buttons import Button, button_rows
from cards.elements import Container, Element
from cards.message import Rendered, message
from cards.record import (
    Fact,
    RecordHeader,
    byline,
    display_name,
    escape_word,
    facts,
    heading,
    open_buttons,
    record_card,
)
from cards.text import local_time
from cards.translator import Translator


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteView:
    """The content of a note."""

    record: RecordHeader
    facts: tuple[Fact, ...]
    connected_by: str
    connected_at: datetime
    buttons: tuple[Button, ...] = ()
    """Actions in addition to opening the record."""


@message
def note(t: Translator, view: NoteView) -> Rendered:
    """Return the card with the record, up to five facts, the connector, the time, and the buttons."""
    return Rendered(
        card=record_card(t, _content(t, view), open_buttons(t, view.record), view.buttons),
        summary=t("{record} is connected to this chat", record=display_name(t, view.record)),
    )


def note_preview(t: Translator, view: NoteView) -> Element:
    """Return the note as a part of a dialog page, with only the button that opens the record."""
    return Container([*_content(t, view), *button_rows(t, open_buttons(t, view.record))], emphasized=True)


def _content(t: Translator, view: NoteView) -> list[Element]:
    body = heading(t, view.record)
    if view.facts:
        body += facts(t, view.facts)
    by = t("Connected by {name}", name=escape_word(t.show(view.connected_by)))
    return [*body, byline(f"{by} · {local_time(view.connected_at)}")]
