"""Card for choosing from several search results."""

from dataclasses import dataclass

from cards import elements
from cards.buttons import ActionButton, button_rows, render_button
from cards.message import Message
from cards.record import byline, escape_name, join_with_dots
from cards.text import escape, single_line

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
    page_buttons: tuple[ActionButton, ...] = ()
    """Buttons for other pages."""


def choice(view: ChoiceView) -> Message:
    """Return the card with the question, a row and button for each record, and the hint."""
    if not 1 <= len(view.rows) <= MAX_ROWS:
        raise ValueError(f"a choice has 1 to {MAX_ROWS} rows")
    body: list[elements.Element] = [
        elements.TextBlock(escape(view.question), weight="Bolder"),
        *(_row(row) for row in view.rows),
    ]
    if view.page_buttons or view.hint:
        body.append(byline(escape(f"{_part(view)} {view.hint}".strip())))
    body += button_rows(view.page_buttons)
    return Message(card=elements.AdaptiveCard(body, full_width=True), summary=single_line(view.question))


def _part(view: ChoiceView) -> str:
    """Return which of the results this page shows; empty if it shows all."""
    if not view.page_buttons:
        return ""
    part = f"{view.offset + 1} to {view.offset + len(view.rows)}"
    return f"{part} of {view.total}." if view.total is not None else f"{part}."


def _row(row: ChoiceRow) -> elements.Element:
    """Return a row with the name above the details. The whole row and its button select the record."""
    action = render_button(row.button)
    below = join_with_dots(row.kind, row.number, row.detail)
    words: list[elements.Element] = [elements.TextBlock(escape_name(row.name))]
    if below:
        words.append(elements.TextBlock(below, size="Small", subtle=True, spacing="None"))
    columns = [
        elements.Column(words, width="stretch"),
        elements.Column([elements.ActionSet([action])], width="auto"),
    ]
    return elements.Container([elements.ColumnSet(columns)], select=action, separated=True)
