"""Card for choosing from several search results."""

from dataclasses import dataclass

from cards import elements
from cards.buttons import ActionButton, button_rows, render_button
from cards.message import Rendered, message
from cards.paging import NO_TURNS, Turns
from cards.record import byline, escape_name, join_with_dots
from cards.text import escape, single_line
from cards.translator import Translator

MAX_ROWS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceRow:
    """A record to choose. `detail` distinguishes it from similar records."""

    kind: str
    name: str
    number: str | None
    detail: str
    button: ActionButton


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceView:
    """The question, a page of the results, and a hint for narrowing the search."""

    question: str
    rows: tuple[ChoiceRow, ...]
    hint: str
    offset: int = 0
    """Index of the first row among all results."""
    total: int | None = None
    """Number of all results; None if it is not known."""
    turns: Turns[ActionButton] = NO_TURNS
    """Buttons for other pages."""


@message
def choice(t: Translator, view: ChoiceView) -> Rendered:
    """Return the card with the question, a row and button for each record, and the hint."""
    if not 1 <= len(view.rows) <= MAX_ROWS:
        raise ValueError(f"a choice has 1 to {MAX_ROWS} rows")
    question, page_buttons = t.show(view.question), view.turns.buttons(t)
    body: list[elements.Element] = [
        elements.TextBlock(escape(question), weight="Bolder"),
        *(_row(t, row) for row in view.rows),
    ]
    if page_buttons or view.hint:
        body.append(byline(escape(t.sentences(_part(t, view) if page_buttons else "", t.show(view.hint)))))
    body += button_rows(t, page_buttons)
    return Rendered(card=elements.AdaptiveCard(body, full_width=True), summary=single_line(question))


def _part(t: Translator, view: ChoiceView) -> str:
    """Return which of the results this page shows."""
    first, last = view.offset + 1, view.offset + len(view.rows)
    if view.total is None:
        return t("{first} to {last}.", first=first, last=last)
    return t("{first} to {last} of {total}.", first=first, last=last, total=view.total)


def _row(t: Translator, row: ChoiceRow) -> elements.Element:
    """Return a row with the name above the details. The whole row and its button select the record."""
    action = render_button(t, row.button)
    below = join_with_dots(t, row.kind, row.number, row.detail)
    words: list[elements.Element] = [elements.TextBlock(escape_name(t.show(row.name)))]
    if below:
        words.append(elements.TextBlock(below, size="Small", subtle=True, spacing="None"))
    columns = [
        elements.Column(words, width="stretch"),
        elements.Column([elements.ActionSet([action])], width="auto"),
    ]
    return elements.Container([elements.ColumnSet(columns)], select=action, separated=True)
