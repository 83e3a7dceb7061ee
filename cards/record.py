"""Parts that all cards about records share: eyebrow, title, facts, byline, and the button that opens the record."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cards import elements
from cards.buttons import BUTTONS_PER_ROW, Button, LinkButton, button_rows, render_button
from cards.text import CLOCK, EMPTY, MAX_LENGTH, escape, isolate, local_time, single_line
from cards.translator import Translator
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


def display_name(t: Translator, record: RecordHeader) -> str:
    """Return the record's number, or else its name or kind, for places that do not render Markdown."""
    return isolate(single_line(short_name(t, record), limit=MAX_NAME_LENGTH))


def short_name(t: Translator, record: RecordHeader) -> str:
    """Return the record's number, or else its name or kind, as it is."""
    return record.number or record.name or t.show(record.kind)


def long_name(t: Translator, record: RecordHeader) -> str:
    """Return the record's name, or else its kind, escaped."""
    return escape_name(record.name or t.show(record.kind))


def open_button(t: Translator, record: RecordHeader) -> LinkButton:
    """Return the first button of every card about a record."""
    return LinkButton(title=t("Open record"), url=record.url)


def open_buttons(t: Translator, record: RecordHeader, first: Button | None = None) -> list[Button]:
    """Return the button that opens the record, if the card may contain its address, and the `first` action."""
    opens: list[Button] = [open_button(t, record)] if record.url else []
    return [*opens, first] if first else opens


def record_card(
    t: Translator,
    body: Sequence[elements.Element],
    opens: Sequence[Button],
    beside: Sequence[Button],
    *,
    asked: Sequence[elements.Element] = (),
    refresh: elements.Refresh | None = None,
    mentions: Sequence[elements.MentionEntity] = (),
) -> elements.AdaptiveCard:
    """Return the card with the buttons that open the record, and the actions in `beside`.

    `asked` contains the inputs for the latter and stands above them.
    """
    if not asked and len(opens) + len(beside) <= BUTTONS_PER_ROW:
        opens, beside = [], [*opens, *beside]
    shown = [*body, *button_rows(t, opens), *asked]
    actions = [render_button(t, each) for each in beside]
    return elements.AdaptiveCard(shown, actions=actions, refresh=refresh, mentions=mentions)


def heading(t: Translator, record: RecordHeader) -> list[elements.Element]:
    """Return the eyebrow and title, or only the title if the card shows just the kind of record."""
    title = elements.TextBlock(
        escape_name(record.name or record.number or t.show(record.kind)),
        size="Medium",
        weight="Bolder",
        spacing="Small",
    )
    return [_eyebrow(t, record), title] if record.name or record.number else [title]


def facts(t: Translator, rows: Sequence[Fact]) -> list[elements.Element]:
    """Return the facts with their values, or an en dash for an empty value."""
    return fact_set(t, [(row.label, show_value(t, row.value)) for row in rows])


def fact_set(t: Translator, rows: Sequence[tuple[str, str]]) -> list[elements.Element]:
    """Return labels, which are escaped here, beside values that are already escaped.

    Values stand below their labels if a word is too long for a phone, such as an address. Clients clip it in a
    `FactSet`, and people would copy invisible break marks with it.
    """
    if not 1 <= len(rows) <= MAX_FACTS:
        raise ValueError(f"a card has 1 to {MAX_FACTS} facts")
    labelled = [(escape_word(t.show(label)), value) for label, value in rows]
    widest = max(_longest_word(label) for label, _ in labelled) + max(_longest_word(value) for _, value in labelled)
    if widest <= MAX_SIDE_BY_SIDE_LENGTH:
        return [elements.FactSet([elements.Fact(label, value) for label, value in labelled])]
    return [block for label, value in labelled for block in _stacked(label, value)]


def show_value(t: Translator, value: str, *, limit: int = MAX_LENGTH) -> str:
    """Return a value, escaped; a moment by the reader's clock."""
    at = t.moment(value)
    return local_time(at) if at else escape_value(t.show(value), limit=limit)


def escape_value(value: str, *, limit: int = MAX_LENGTH) -> str:
    """Return a value, escaped for use in a sentence; an en dash if it is empty."""
    return isolate(escape(value, limit=limit)) or EMPTY


def escape_word(text: str) -> str:
    """Return a label, a number, or a person's name, escaped."""
    return escape_value(text, limit=MAX_WORD_LENGTH)


def escape_name(text: str) -> str:
    """Return a record's name, escaped."""
    return escape_value(text, limit=MAX_NAME_LENGTH)


def join_with_dots(t: Translator, *parts: str | None) -> str:
    """Return the non-empty parts, escaped and separated by dots."""
    shown = [t.show(part) for part in parts if part]
    return " · ".join(escape_word(part) for part in shown if escape(part))


def byline(text: str, *, spacing: Spacing | None = None) -> elements.TextBlock:
    """Return a small line for people and times. The text must already be escaped."""
    return elements.TextBlock(text, size="Small", subtle=True, spacing=spacing)


def _eyebrow(t: Translator, record: RecordHeader) -> elements.Element:
    kind, number = escape_word(t.show(record.kind)), escape_word(record.number or "")
    if not record.number or not record.name:
        return byline(kind)
    if len(kind) + len(number) > MAX_SIDE_BY_SIDE_LENGTH:
        return byline(join_with_dots(t, record.kind, record.number))
    right = elements.TextBlock(number, size="Small", subtle=True, side="Right")
    return elements.ColumnSet(
        [elements.Column([byline(kind)], width="stretch"), elements.Column([right], width="auto")]
    )


def _longest_word(text: str) -> int:
    shown = CLOCK.sub("12/30/2026", text)
    return max((len(unbroken) for unbroken in _UNBROKEN.findall(shown)), default=0)


def _stacked(label: str, value: str) -> tuple[elements.TextBlock, elements.TextBlock]:
    return elements.TextBlock(label, weight="Bolder"), elements.TextBlock(value, spacing="None")
