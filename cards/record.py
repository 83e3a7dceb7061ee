"""Parts that all cards about records share: eyebrow, title, facts, byline, and the button that opens the record."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cards import elements
from cards.buttons import BUTTONS_PER_ROW, Button, LinkButton, button_rows, render_button
from cards.text import EMPTY, MAX_LENGTH, escape, isolate, single_line
from cards.validation import Spacing

MAX_NAME_LENGTH = 120
"""Characters of a record's name."""

MAX_WORD_LENGTH = 60
"""Characters of a short text: a label, a number, or a person's name."""

MAX_FACTS = 5
"""Facts of a card, as many as a note has columns ("Configure Teams chat in Customer Service")."""

MAX_SIDE_BY_SIDE_LENGTH = 34
"""Characters that fit side by side on a phone with a card of 320 pixels."""

# Clients break East Asian scripts anywhere, and other scripts only at white space.
_UNBROKEN = re.compile(r"[^\s\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordHeader:
    """The name and address of a record on a card."""

    kind: str
    """The table's display name."""
    name: str | None
    """None if the card must not show the name."""
    number: str | None
    url: str
    """Empty if the card must not contain an address of the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A column's label and value. The value can be empty."""

    label: str
    value: str


def display_name(record: RecordHeader) -> str:
    """Return the record's number, or else its name or kind, for places that do not render Markdown."""
    return isolate(single_line(record.number or record.name or record.kind, limit=MAX_NAME_LENGTH))


def open_button(record: RecordHeader) -> LinkButton:
    """Return the first button of every card about a record."""
    return LinkButton(title="Open record", url=record.url)


def record_card(
    record: RecordHeader,
    body: Sequence[elements.Element],
    beside: Sequence[Button],
    *,
    first: Button | None = None,
    asked: Sequence[elements.Element] = (),
    refresh: elements.Refresh | None = None,
    mentions: Sequence[elements.MentionEntity] = (),
) -> elements.AdaptiveCard:
    """Return the card with the button that opens the record, the `first` action, and the actions in `beside`.

    `asked` contains the inputs for the latter and stands above them.
    """
    opens: list[Button] = [open_button(record)] if record.url else []
    opens += [first] if first else []
    if not asked and len(opens) + len(beside) <= BUTTONS_PER_ROW:
        opens, beside = [], [*opens, *beside]
    shown = [*body, *button_rows(opens), *asked]
    actions = [render_button(each) for each in beside]
    return elements.AdaptiveCard(shown, actions=actions, refresh=refresh, mentions=mentions)


def heading(record: RecordHeader) -> list[elements.Element]:
    """Return the eyebrow and title, or only the title if the card shows just the kind of record."""
    title = elements.TextBlock(
        escape_name(record.name or record.number or record.kind), size="Medium", weight="Bolder", spacing="Small"
    )
    return [_eyebrow(record), title] if record.name or record.number else [title]


def facts(rows: Sequence[Fact]) -> list[elements.Element]:
    """Return the facts with their values, or an en dash for an empty value."""
    return fact_set([(row.label, escape_value(row.value)) for row in rows])


def fact_set(rows: Sequence[tuple[str, str]]) -> list[elements.Element]:
    """Return labels, which are escaped here, beside values that are already escaped.

    Values stand below their labels if a word is too long for a phone, such as an address. Clients clip it in a
    `FactSet`, and people would copy invisible break marks with it.
    """
    if not 1 <= len(rows) <= MAX_FACTS:
        raise ValueError(f"a card has 1 to {MAX_FACTS} facts")
    labelled = [(escape_word(label), value) for label, value in rows]
    widest = max(_longest_word(label) for label, _ in labelled) + max(_longest_word(value) for _, value in labelled)
    if widest <= MAX_SIDE_BY_SIDE_LENGTH:
        return [elements.FactSet([elements.Fact(label, value) for label, value in labelled])]
    return [block for label, value in labelled for block in _stacked(label, value)]


def escape_value(value: str, *, limit: int = MAX_LENGTH) -> str:
    """Return a value, escaped for use in a sentence; an en dash if it is empty."""
    return isolate(escape(value, limit=limit)) or EMPTY


def escape_word(text: str) -> str:
    """Return a label, a number, or a person's name, escaped."""
    return escape_value(text, limit=MAX_WORD_LENGTH)


def escape_name(text: str) -> str:
    """Return a record's name, escaped."""
    return escape_value(text, limit=MAX_NAME_LENGTH)


def join_with_dots(*parts: str | None) -> str:
    """Return the non-empty parts, escaped and separated by dots."""
    return " · ".join(escape_word(part) for part in parts if part and escape(part))


def byline(text: str, *, spacing: Spacing | None = None) -> elements.TextBlock:
    """Return a small line for people and times. The text must already be escaped."""
    return elements.TextBlock(text, size="Small", subtle=True, spacing=spacing)


def _eyebrow(record: RecordHeader) -> elements.Element:
    kind, number = escape_word(record.kind), escape_word(record.number or "")
    if not record.number or not record.name:
        return byline(kind)
    if len(kind) + len(number) > MAX_SIDE_BY_SIDE_LENGTH:
        return byline(join_with_dots(record.kind, record.number))
    right = elements.TextBlock(number, size="Small", subtle=True, side="Right")
    return elements.ColumnSet(
        [elements.Column([byline(kind)], width="stretch"), elements.Column([right], width="auto")]
    )


def _longest_word(text: str) -> int:
    return max((len(unbroken) for unbroken in _UNBROKEN.findall(text)), default=0)


def _stacked(label: str, value: str) -> tuple[elements.TextBlock, elements.TextBlock]:
    return elements.TextBlock(label, weight="Bolder"), elements.TextBlock(value, spacing="None")
