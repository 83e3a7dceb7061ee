"""People to talk to about a record, and why."""

from dataclasses import dataclass

from cards import elements
from cards.buttons import ActionButton, Button, DialogButton, button_rows
from cards.message import Rendered, message
from cards.paging import page_buttons
from cards.record import RecordHeader, byline, escape_name, escape_word, join_with_dots, short_name
from cards.text import escape, single_line
from cards.translator import Translator

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


@message
def suggestions(t: Translator, view: SuggestionsView) -> Rendered:
    """Return the card with the record and, for each person, the reason and the buttons."""
    if len(view.rows) > MAX_ROWS:
        raise ValueError(f"a list of people has {MAX_ROWS} rows at most")
    title = t("People for {record}", record=single_line(short_name(t, view.record)))
    body: list[elements.Element] = [
        elements.TextBlock(escape(title), weight="Bolder"),
        byline(join_with_dots(t, view.record.kind, view.record.name)),
        *(_row(t, row) for row in view.rows),
    ]
    if not view.rows:
        body.append(elements.TextBlock(t("No other people are involved with this record.")))
    if view.total > len(view.rows):
        first, last = view.offset + 1, view.offset + len(view.rows)
        body.append(byline(t("{first} to {last} of {total}", first=first, last=last, total=view.total)))
    body += button_rows(t, page_buttons(t, view.page_button, offset=view.offset, total=view.total, size=MAX_ROWS))
    if view.members_button:
        # Apart from the buttons of the last person.
        body.append(elements.Container(button_rows(t, [view.members_button]), separated=True))
    return Rendered(card=elements.AdaptiveCard(body, full_width=True), summary=single_line(title))


def _row(t: Translator, row: SuggestionRow) -> elements.Element:
    name, presence = escape_name(t.show(row.name)), escape_word(t.show(row.presence))
    words: list[elements.Element] = [
        elements.TextBlock(t("{name} ({presence})", name=name, presence=presence)),
        elements.TextBlock(escape(t.show(row.reason), limit=400), size="Small", subtle=True, spacing="None"),
    ]
    return elements.Container([*words, *button_rows(t, row.buttons)], separated=True)
