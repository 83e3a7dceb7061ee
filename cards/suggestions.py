"""People to talk to about a record, and why."""

from dataclasses import dataclass

from cards import elements
from cards.buttons import ActionButton, Button, DialogButton, button_rows
from cards.message import Message
from cards.paging import page_buttons
from cards.record import RecordHeader, byline, escape_name, escape_word, join_with_dots
from cards.text import escape, single_line

MAX_ROWS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionRow:
    """A suggested person."""

    name: str
    presence: str
    """The person's availability."""
    reason: str
    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionsView:
    """The suggested people, the strongest suggestion first."""

    record: RecordHeader
    rows: tuple[SuggestionRow, ...]
    """The people on this page."""
    total: int
    """Number of people on all pages."""
    page_button: ActionButton
    """Button for another page. The card adds the index of its first row."""
    offset: int = 0
    members_button: DialogButton | None = None
    """Opens the list of the chat's members; None where members cannot be changed."""


def suggestions(view: SuggestionsView) -> Message:
    """Return the card with the record and, for each person, the reason and the buttons."""
    if len(view.rows) > MAX_ROWS:
        raise ValueError(f"a list of people has {MAX_ROWS} rows at most")
    title = f"People for {single_line(view.record.number or view.record.name or view.record.kind)}"
    body: list[elements.Element] = [
        elements.TextBlock(escape(title), weight="Bolder"),
        byline(join_with_dots(view.record.kind, view.record.name)),
        *(_row(row) for row in view.rows),
    ]
    if not view.rows:
        body.append(elements.TextBlock("No other people are involved with this record."))
    if view.total > len(view.rows):
        body.append(byline(f"{view.offset + 1} to {view.offset + len(view.rows)} of {view.total}"))
    body += button_rows(page_buttons(view.page_button, offset=view.offset, total=view.total, size=MAX_ROWS))
    if view.members_button:
        # Apart from the buttons of the last person.
        body.append(elements.Container(button_rows([view.members_button]), separated=True))
    return Message(card=elements.AdaptiveCard(body, full_width=True), summary=single_line(title))


def _row(row: SuggestionRow) -> elements.Element:
    words: list[elements.Element] = [
        elements.TextBlock(f"{escape_name(row.name)} ({escape_word(row.presence)})"),
        elements.TextBlock(escape(row.reason, limit=400), size="Small", subtle=True, spacing="None"),
    ]
    return elements.Container([*words, *button_rows(row.buttons)], separated=True)
