"""The card to choose from several hits."""

from dataclasses import dataclass

from cards import elements
from cards.buttons import ActionButton, render_button
from cards.message import Message
from cards.record import byline, escape_name, join_with_dots
from cards.text import escape, single_line

MAX_ROWS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceRow:
    """A record to choose; `detail` is the one thing that tells it from its neighbours."""

    kind: str
    name: str
    number: str | None
    detail: str
    button: ActionButton


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceView:
    """What is asked, the rows, how many more there are, and how to narrow it down."""

    question: str
    rows: tuple[ChoiceRow, ...]
    more: int
    hint: str


def choice(view: ChoiceView) -> Message:
    """The question, a row for each record with its own button, and the hint."""
    if not 1 <= len(view.rows) <= MAX_ROWS:
        raise ValueError(f"a choice has 1 to {MAX_ROWS} rows")
    more = f"{view.more} more. " if view.more else ""
    body: list[elements.Element] = [
        elements.TextBlock(escape(view.question), weight="Bolder"),
        *(_row(row) for row in view.rows),
    ]
    if more or view.hint:
        body.append(byline(escape(more + view.hint)))
    return Message(card=elements.AdaptiveCard(body, full_width=True), summary=single_line(view.question))


def _row(row: ChoiceRow) -> elements.Element:
    """Name above, what tells it apart below; the whole row can be selected, and so can its button."""
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
