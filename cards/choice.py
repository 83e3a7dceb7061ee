"""Card for choosing from several search results."""

from dataclasses import dataclass

from cards import elements
from cards.buttons import ActionButton, render_button
from cards.message import Message
from cards.record import byline, escape_name, join_with_dots
from cards.text import escape, single_line
from cards.words import plural

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
    """The question, the rows, the number of further results, and a hint for narrowing the search."""

    question: str
    rows: tuple[ChoiceRow, ...]
    more: int
    hint: str


def choice(view: ChoiceView) -> Message:
    """Return the card with the question, a row and button for each record, and the hint."""
    if not 1 <= len(view.rows) <= MAX_ROWS:
        raise ValueError(f"a choice has 1 to {MAX_ROWS} rows")
    more = plural(view.more, "1 more is not shown.", f"{view.more} more are not shown.") if view.more else ""
    body: list[elements.Element] = [
        elements.TextBlock(escape(view.question), weight="Bolder"),
        *(_row(row) for row in view.rows),
    ]
    if more or view.hint:
        body.append(byline(escape(f"{more} {view.hint}")))
    return Message(card=elements.AdaptiveCard(body, full_width=True), summary=single_line(view.question))


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
