"""People to speak to about a record, and why."""

from dataclasses import dataclass

from cards import elements
from cards.buttons import Button, rows_of
from cards.message import Message
from cards.record import RecordHead, byline, dotted, name, word
from cards.text import line, plain

ROWS_AT_MOST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionRow:
    """Somebody."""

    name: str
    presence: str
    """Whether they can be spoken to now."""
    reason: str
    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionsView:
    """Those who are tied to the record, the most tied first."""

    record: RecordHead
    rows: tuple[SuggestionRow, ...]


def suggestions(view: SuggestionsView) -> Message:
    """The record, and for each person a name, the reason, and the ways to speak to them."""
    if len(view.rows) > ROWS_AT_MOST:
        raise ValueError(f"a list of people has {ROWS_AT_MOST} rows at most")
    title = f"People for {line(view.record.number or view.record.name or view.record.kind)}"
    body: list[elements.Element] = [
        elements.TextBlock(plain(title), weight="Bolder"),
        byline(dotted(view.record.kind, view.record.name)),
        *(_row(row) for row in view.rows),
    ]
    if not view.rows:
        body.append(elements.TextBlock("Nobody else is tied to this record."))
    return Message(card=elements.AdaptiveCard(body, full_width=True), summary=line(title))


def _row(row: SuggestionRow) -> elements.Element:
    words: list[elements.Element] = [
        elements.TextBlock(f"{name(row.name)} ({word(row.presence)})"),
        elements.TextBlock(
            plain(row.reason[:1].upper() + row.reason[1:], limit=400), size="Small", subtle=True, spacing="None"
        ),
    ]
    return elements.Container([*words, *rows_of(row.buttons)], separated=True)
