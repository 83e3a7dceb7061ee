"""Pages of actions on a record, in a dialog or on a personal card (spec Q3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cards.buttons import Button, button_rows
from cards.dialog import RenderedPage, dialog_page, page, problem
from cards.elements import Element, TextBlock
from cards.inputs import ON, Choice, Choices, DateInput, TextInput, Toggle, show_choices
from cards.record import Fact, RecordHeader, byline, display_name, facts, heading
from cards.text import local_time, single_line
from cards.translator import Translator

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


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolutionForm:
    """The reasons why a case can be resolved, and the person's inputs so far."""

    reasons: Sequence[Choice]
    max_length: int
    chosen: str = ""
    typed: str = ""


@dialog_page
def actions_page(t: Translator, view: ActionsView) -> RenderedPage:
    """Return the page with the record as the person sees it, and a button for each action."""
    body = _top(t, view.record, view.conflict)
    if view.facts:
        body += facts(t, view.facts)
    title = t("Update {record}", record=display_name(t, view.record))
    return page(t, title, [*body, *button_rows(t, view.actions)])


@dialog_page
def open_privately_page(t: Translator, button: Button) -> RenderedPage:
    """Return a page for the whole chat, with a button that opens a private page."""
    return page(t, t("Update"), [TextBlock(t("Only you can see the next page."))], [button], height="small")


@dialog_page
def fields_page(
    t: Translator,
    record: RecordHeader,
    fields: Sequence[Field],
    buttons: Sequence[Button],
    conflict: EditConflict | None = None,
) -> RenderedPage:
    """Return the page with the columns to change and their current values."""
    title = t("Change {record}", record=display_name(t, record))
    return page(t, title, [*_top(t, record, conflict), *(_input(t, each) for each in fields)], buttons)


@dialog_page
def note_page(
    t: Translator,
    record: RecordHeader,
    max_length: int,
    buttons: Sequence[Button],
    conflict: EditConflict | None = None,
    typed: str = "",
) -> RenderedPage:
    """Return the page for a note that is added to the record."""
    written = TextInput(NOTE, t("Note"), value=typed, longest=max_length, lines=True, required=t("Enter a note"))
    title = t("Add a note to {record}", record=display_name(t, record))
    return page(t, title, [*_top(t, record, conflict), written], buttons)


@dialog_page
def resolution_page(
    t: Translator,
    record: RecordHeader,
    form: ResolutionForm,
    buttons: Sequence[Button],
    conflict: EditConflict | None = None,
) -> RenderedPage:
    """Return the page that asks how a case was resolved."""
    reasons = form.reasons
    first = next((each.value for each in reasons if each.value == form.chosen), reasons[0].value)
    how = t("Enter how it was resolved")
    body = [
        *_top(t, record, conflict),
        Choices(REASON, t("Reason"), show_choices(t, reasons), chosen=[first], required=t("Choose a reason")),
        TextInput(WORDS, t("Resolution"), value=form.typed, longest=form.max_length, required=how),
    ]
    return page(t, t("Resolve {record}", record=display_name(t, record)), body, buttons)


def _top(t: Translator, record: RecordHeader, clash: EditConflict | None) -> list[Element]:
    body = heading(t, record)
    if clash:
        body.append(problem(t, clash.message))
        body += [byline(local_time(clash.at))] if clash.at else []
        body += facts(t, clash.facts) if clash.facts else []
    return body


def _input(t: Translator, field: Field) -> Element:
    name, label = FIELD_PREFIX + field.name, single_line(t.show(field.label), limit=MAX_LABEL_LENGTH)
    required = t("Enter a value") if field.required else None
    match field.kind:
        case FieldKind.CHOICE:
            return Choices(name, label, show_choices(t, field.choices), chosen=[field.value] if field.value else [])
        case FieldKind.YES_OR_NO:
            return Toggle(name, label, on=field.value == ON)
        case FieldKind.DATE:
            return DateInput(name, label, value=field.value, required=required)
        case _:
            lines = field.kind is FieldKind.LINES
            return TextInput(name, label, value=field.value, longest=field.max_length, lines=lines, required=required)
