"""What the cards about records share: eyebrow, title, facts, byline and the button that opens the record."""

from collections.abc import Sequence
from dataclasses import dataclass

from cards import elements
from cards.buttons import Open
from cards.text import EMPTY, plain

LONGEST_NAME = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordHead:
    """How a card names a record and opens it."""

    kind: str
    """The table's display name."""
    name: str | None
    """None where the name is not to be told."""
    number: str | None
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A column's label and its value; empty where the column is."""

    label: str
    value: str


def called(record: RecordHead) -> str:
    """What people call the record: its number, else its name, else what kind it is. Not escaped."""
    return record.number or record.name or record.kind


def open_button(record: RecordHead) -> Open:
    """The first button of every card about a record."""
    return Open(title="Open record", url=record.url)


def heading(record: RecordHead) -> list[elements.Element]:
    """Eyebrow and title."""
    title = record.name or record.number or record.kind
    return [
        _eyebrow(record),
        elements.TextBlock(plain(title, limit=LONGEST_NAME), size="Medium", weight="Bolder", spacing="Small"),
    ]


def facts(rows: Sequence[Fact]) -> elements.FactSet:
    """The facts with their values as they are; an en dash for an empty one."""
    return fact_set([(row.label, plain(row.value) or EMPTY) for row in rows])


def fact_set(rows: Sequence[tuple[str, str]]) -> elements.FactSet:
    """Labels, which are escaped here, and values, which are escaped already."""
    return elements.FactSet([elements.Fact(plain(label) or EMPTY, value) for label, value in rows])


def byline(text: str) -> elements.TextBlock:
    """Who and when, small; escaped already."""
    return elements.TextBlock(text, size="Small", subtle=True)


def _eyebrow(record: RecordHead) -> elements.Element:
    kind = elements.TextBlock(plain(record.kind), size="Small", subtle=True)
    if not record.number or not record.name:
        return kind
    number = elements.TextBlock(plain(record.number), size="Small", subtle=True, side="Right")
    return elements.ColumnSet([elements.Column([kind], width="stretch"), elements.Column([number], width="auto")])
