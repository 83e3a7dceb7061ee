"""Pages of actions on a record, in a dialog or on a personal card (spec Q3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cards.buttons import Button, button_rows
from cards.dialog import Page, page, problem
from cards.elements import Element
from cards.inputs import ON, Choice, Choices, DateInput, TextInput, Toggle
from cards.record import Fact, RecordHeader, byline, display_name, facts, heading
from cards.text import local_time, single_line

NOTE, REASON, WORDS = "text", "reason", "words"
"""Names of the inputs."""

FIELD_PREFIX = "field "
"""Prefix of the name of a column's input."""

MAX_LABEL_LENGTH = 70


class FieldKind(StrEnum):
    """The kind of input for a column."""

    CHOICE = "choice"
    YES_OR_NO = "yes or no"
    DATE = "date"
    TEXT = "text"
    LINES = "lines"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A column to edit. `value` is its current value, as the input submits it."""

    name: str
    label: str
    kind: FieldKind
    value: str
    choices: tuple[Choice, ...] = ()
    max_length: int | None = None
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EditConflict:
    """An edit conflict: the message, the time of the other change, and the record's current values."""

    message: str
    at: datetime | None = None
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionsView:
    """The possible actions."""

    record: RecordHeader
    facts: tuple[Fact, ...]
    actions: tuple[Button, ...]
    conflict: EditConflict | None = None


def actions_page(view: ActionsView) -> Page:
    """Return the page with the record as the person sees it, and a button for each action."""
    body = _top(view.record, view.conflict)
    if view.facts:
        body += facts(view.facts)
    return page(f"Update {display_name(view.record)}", [*body, *button_rows(view.actions)])


def fields_page(
    record: RecordHeader, fields: Sequence[Field], buttons: Sequence[Button], conflict: EditConflict | None = None
) -> Page:
    """Return the page with the columns to change and their current values."""
    return page(
        f"Change {display_name(record)}", [*_top(record, conflict), *(_input(each) for each in fields)], buttons
    )


def note_page(
    record: RecordHeader,
    max_length: int,
    buttons: Sequence[Button],
    conflict: EditConflict | None = None,
    typed: str = "",
) -> Page:
    """Return the page for a note that is added to the record."""
    written = TextInput(NOTE, "Note", value=typed, longest=max_length, lines=True, required="Enter a note")
    return page(f"Add a note to {display_name(record)}", [*_top(record, conflict), written], buttons)


def resolution_page(
    record: RecordHeader,
    reasons: Sequence[Choice],
    max_length: int,
    buttons: Sequence[Button],
    conflict: EditConflict | None = None,
    *,
    chosen: str = "",
    typed: str = "",
) -> Page:
    """Return the page that asks how a case was resolved."""
    first = next((each.value for each in reasons if each.value == chosen), reasons[0].value)
    body = [
        *_top(record, conflict),
        Choices(REASON, "Reason", reasons, chosen=[first], required="Choose a reason"),
        TextInput(WORDS, "Resolution", value=typed, longest=max_length, required="Enter how it was resolved"),
    ]
    return page(f"Resolve {display_name(record)}", body, buttons)


def _top(record: RecordHeader, clash: EditConflict | None) -> list[Element]:
    body = heading(record)
    if clash:
        body.append(problem(clash.message))
        body += [byline(local_time(clash.at))] if clash.at else []
        body += facts(clash.facts) if clash.facts else []
    return body


def _input(field: Field) -> Element:
    name, label = FIELD_PREFIX + field.name, single_line(field.label, limit=MAX_LABEL_LENGTH)
    required = "Enter a value" if field.required else None
    match field.kind:
        case FieldKind.CHOICE:
            return Choices(name, label, field.choices, chosen=[field.value] if field.value else [])
        case FieldKind.YES_OR_NO:
            return Toggle(name, label, on=field.value == ON)
        case FieldKind.DATE:
            return DateInput(name, label, value=field.value, required=required)
        case _:
            lines = field.kind is FieldKind.LINES
            return TextInput(name, label, value=field.value, longest=field.max_length, lines=lines, required=required)
