"""The card to choose from several hits."""

from dataclasses import dataclass

from cards import elements
from cards.buttons import Press, button
from cards.message import Message
from cards.record import LONGEST_NAME, byline
from cards.text import plain

ROWS_AT_MOST = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceRow:
    """A record to choose; `detail` is the one thing that tells it from its neighbours."""

    kind: str
    name: str
    number: str | None
    detail: str
    press: Press


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceView:
    """What is asked, the rows, how many more there are, and how to narrow it down."""

    asked: str
    rows: tuple[ChoiceRow, ...]
    more: int
    hint: str


def choice(view: ChoiceView) -> Message:
    """The question, a row for each record with its own button, and the hint."""
    if len(view.rows) > ROWS_AT_MOST:
        raise ValueError(f"a choice has {ROWS_AT_MOST} rows at most")
    more = f"{view.more} more. " if view.more else ""
    body: list[elements.Element] = [
        elements.TextBlock(plain(view.asked), weight="Bolder"),
        *(_row(row) for row in view.rows),
        byline(plain(more + view.hint)),
    ]
    return Message(card=elements.AdaptiveCard(body, full_width=True), summary=view.asked)


def _row(row: ChoiceRow) -> elements.Element:
    """Name above, what tells it apart below; the whole row can be selected, and so can its button."""
    action = button(row.press)
    below = " · ".join(part for part in (row.kind, row.number, row.detail) if part)
    words: list[elements.Element] = [elements.TextBlock(plain(row.name, limit=LONGEST_NAME))]
    if below:
        words.append(elements.TextBlock(plain(below), size="Small", subtle=True, spacing="None"))
    columns = [
        elements.Column(words, width="stretch"),
        elements.Column([elements.ActionSet([action])], width="auto"),
    ]
    return elements.Container([elements.ColumnSet(columns)], select=action, separated=True)
