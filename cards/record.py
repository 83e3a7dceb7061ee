"""What the cards about records share: eyebrow, title, facts, byline and the button that opens the record."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cards import elements
from cards.buttons import BUTTONS_PER_ROW, Button, LinkButton, button_rows, render_button
from cards.text import EMPTY, MAX_LENGTH, escape, isolate, single_line

MAX_NAME_LENGTH = 120
"""Characters of a record's name."""

MAX_WORD_LENGTH = 60
"""Characters of what is a word or two: a label, a number, a person's name."""

MAX_FACTS = 5
"""What people take in at a glance, and as many as a note has columns ("Configure Teams chat in Customer Service")."""

MAX_SIDE_BY_SIDE_LENGTH = 34
"""Characters that fit beside each other on a phone, a card of 320 pixels."""

# East Asian scripts are broken anywhere, the others at white space only.
_UNBROKEN = re.compile(r"[^\s\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordHeader:
    """How a card names a record and opens it."""

    kind: str
    """The table's display name."""
    name: str | None
    """None where the name is not to be told."""
    number: str | None
    url: str
    """Empty where no address of the record is to be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A column's label and its value; empty where the column is."""

    label: str
    value: str


def display_name(record: RecordHeader) -> str:
    """What people call the record: its number, else its name, else what kind it is. For places without Markdown."""
    return isolate(single_line(record.number or record.name or record.kind, limit=MAX_NAME_LENGTH))


def open_button(record: RecordHeader) -> LinkButton:
    """The first button of every card about a record."""
    return LinkButton(title="Open record", url=record.url)


def record_card(
    record: RecordHeader,
    body: Sequence[elements.Element],
    beside: Sequence[Button],
    *,
    first: Button | None = None,
    asked: Sequence[elements.Element] = (),
    refresh: elements.Refresh | None = None,
) -> elements.AdaptiveCard:
    """The card with the button that opens the record, the `first` to do with it, and those beside them.

    `asked` stands above the latter: what is filled in for them.
    """
    opens: list[Button] = [open_button(record)] if record.url else []
    opens += [first] if first else []
    if not asked and len(opens) + len(beside) <= BUTTONS_PER_ROW:
        return elements.AdaptiveCard(body, actions=[render_button(each) for each in (*opens, *beside)], refresh=refresh)
    shown = [*body, *button_rows(opens), *asked]
    return elements.AdaptiveCard(shown, actions=[render_button(each) for each in beside], refresh=refresh)


def heading(record: RecordHeader) -> list[elements.Element]:
    """Eyebrow and title; the title alone where no more than the kind of record is told."""
    title = elements.TextBlock(
        escape_name(record.name or record.number or record.kind), size="Medium", weight="Bolder", spacing="Small"
    )
    return [_eyebrow(record), title] if record.name or record.number else [title]


def facts(rows: Sequence[Fact]) -> list[elements.Element]:
    """The facts with their values as they are; an en dash for an empty one."""
    return fact_set([(row.label, escape_value(row.value)) for row in rows])


def fact_set(rows: Sequence[tuple[str, str]]) -> list[elements.Element]:
    """Labels, which are escaped here, beside values, which are escaped already.

    Values stand below their labels where a word is too long for a phone, such as an address: clients clip it in a
    `FactSet`, and marks to break it at would be copied with it.
    """
    if not 1 <= len(rows) <= MAX_FACTS:
        raise ValueError(f"a card has 1 to {MAX_FACTS} facts")
    labelled = [(escape_word(label), value) for label, value in rows]
    widest = max(_longest_word(label) for label, _ in labelled) + max(_longest_word(value) for _, value in labelled)
    if widest <= MAX_SIDE_BY_SIDE_LENGTH:
        return [elements.FactSet([elements.Fact(label, value) for label, value in labelled])]
    return [block for label, value in labelled for block in _one_below_the_other(label, value)]


def escape_value(value: str, *, limit: int = MAX_LENGTH) -> str:
    """A value among other words, escaped; an en dash for an empty one."""
    return isolate(escape(value, limit=limit)) or EMPTY


def escape_word(text: str) -> str:
    """A label, a number or somebody's name, escaped."""
    return escape_value(text, limit=MAX_WORD_LENGTH)


def escape_name(text: str) -> str:
    """A record's name, escaped."""
    return escape_value(text, limit=MAX_NAME_LENGTH)


def join_with_dots(*parts: str | None) -> str:
    """Words side by side, those that are there, escaped."""
    return " · ".join(escape_word(part) for part in parts if part and escape(part))


def byline(text: str) -> elements.TextBlock:
    """Who and when, small; escaped already."""
    return elements.TextBlock(text, size="Small", subtle=True)


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


def _one_below_the_other(label: str, value: str) -> tuple[elements.TextBlock, elements.TextBlock]:
    return elements.TextBlock(label, weight="Bolder"), elements.TextBlock(value, spacing="None")
