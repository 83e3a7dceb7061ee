"""What a person can do to a record, page by page: in a dialog, or on the card that only they see (spec Q3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cards.buttons import Button, rows_of
from cards.dialog import Page, page, problem
from cards.elements import Element
from cards.inputs import ON, Choice, Choices, DateInput, TextInput, Toggle
from cards.record import Fact, RecordHead, byline, called, facts, heading
from cards.text import line, moment

NOTE, REASON, WORDS = "text", "reason", "words"
"""The inputs' names, under which what was filled in comes back."""

FIELD = "field "
"""What the name of an input for a column begins with."""

LONGEST_LABEL = 70


class FieldKind(StrEnum):
    """How a column is filled in."""

    CHOICE = "choice"
    YES_OR_NO = "yes or no"
    DATE = "date"
    TEXT = "text"
    LINES = "lines"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A column to fill in; `value` is what it holds, as the input sends it."""

    name: str
    label: str
    kind: FieldKind
    value: str
    choices: tuple[Choice, ...] = ()
    longest: int | None = None
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """Why nothing was done: what to say, when it happened, and what the record says now."""

    said: str
    at: datetime | None = None
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ActsView:
    """What can be done."""

    record: RecordHead
    facts: tuple[Fact, ...]
    acts: tuple[Button, ...]
    clash: Clash | None = None


def acts_page(view: ActsView) -> Page:
    """The record as the person sees it, and a button for each thing that they can do."""
    body = _top(view.record, view.clash)
    if view.facts:
        body += facts(view.facts)
    return page(f"Update {called(view.record)}", [*body, *rows_of(view.acts)])


def fields_page(
    record: RecordHead, fields: Sequence[Field], buttons: Sequence[Button], clash: Clash | None = None
) -> Page:
    """The columns that can be changed, filled in as they are."""
    return page(f"Change {called(record)}", [*_top(record, clash), *(_input(each) for each in fields)], buttons)


def note_page(
    record: RecordHead, longest: int, buttons: Sequence[Button], clash: Clash | None = None, typed: str = ""
) -> Page:
    """A note that becomes a part of the record."""
    written = TextInput(NOTE, "Note", value=typed, longest=longest, lines=True, required="Write the note")
    return page(f"Add a note to {called(record)}", [*_top(record, clash), written], buttons)


def resolution_page(
    record: RecordHead,
    reasons: Sequence[Choice],
    longest: int,
    buttons: Sequence[Button],
    clash: Clash | None = None,
    *,
    chosen: str = "",
    typed: str = "",
) -> Page:
    """How a case was resolved."""
    first = next((each.value for each in reasons if each.value == chosen), reasons[0].value)
    body = [
        *_top(record, clash),
        Choices(REASON, "Reason", reasons, chosen=[first], required="Choose a reason"),
        TextInput(WORDS, "Resolution", value=typed, longest=longest, required="Say how it was resolved"),
    ]
    return page(f"Resolve {called(record)}", body, buttons)


def _top(record: RecordHead, clash: Clash | None) -> list[Element]:
    body = heading(record)
    if clash:
        body.append(problem(clash.said))
        body += [byline(moment(clash.at))] if clash.at else []
        body += facts(clash.facts) if clash.facts else []
    return body


def _input(field: Field) -> Element:
    name, label = FIELD + field.name, line(field.label, limit=LONGEST_LABEL)
    required = "Fill this in" if field.required else None
    match field.kind:
        case FieldKind.CHOICE:
            return Choices(name, label, field.choices, chosen=[field.value] if field.value else [])
        case FieldKind.YES_OR_NO:
            return Toggle(name, label, on=field.value == ON)
        case FieldKind.DATE:
            return DateInput(name, label, value=field.value, required=required)
        case _:
            lines = field.kind is FieldKind.LINES
            return TextInput(name, label, value=field.value, longest=field.longest, lines=lines, required=required)
