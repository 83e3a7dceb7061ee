"""Pages of the notification rules: sentences, inputs with their problems, and buttons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cards.buttons import Button, SubmitButton, button_rows
from cards.dialog import Height, RenderedPage, dialog_page, page, problem
from cards.elements import Element, TextBlock
from cards.inputs import Choice, Choices, DateInput, TextInput, TimeInput, Toggle, TypeaheadChoices, show_choices
from cards.record import escape_value, escape_word
from cards.settings.shared import heading, hint
from cards.text import escape, local_time
from cards.translator import Translator

MAX_LINE_LENGTH = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """An input with the problem of its last value. `kind` decides about its element."""

    name: str
    label: str
    value: str = ""
    problem: str = ""
    hint: str = ""
    max_length: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class TextField(Field):
    """A text or a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeField(Field):
    """A local time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DateField(Field):
    """A date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchField(Field):
    """A switch, whose value is `true` or `false`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceField(Field):
    """One choice or several. With a dataset, Teams searches while a person types."""

    choices: tuple[Choice, ...]
    chosen: tuple[str, ...] = ()
    several: bool = False
    expanded: bool = False
    dataset: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The heading of a group of inputs."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A sentence, in bold, small, or as it is."""

    text: str
    bold: bool = False
    small: bool = False
    at: datetime | None = None
    """A time in the reader's clock that precedes the sentence."""
    until: datetime | None = None
    """A time in the reader's clock that follows the sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Buttons beside each other."""

    buttons: tuple[Button, ...]


Part = Field | Heading | Line | Row


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedByOther:
    """A save of somebody else while the page was open."""

    who: str
    at: datetime
    what: str
    """The rules that the save left, in words."""
    is_conflict: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FormView:
    """A page. `message` is the result of the last step, and `preview` compares the numbers of messages."""

    title: str
    place: str
    parts: Sequence[Part]
    buttons: Sequence[SubmitButton] = ()
    message: str = ""
    preview: tuple[str, ...] = ()
    saved_by_others: tuple[SavedByOther, ...] = ()
    height: Height = "medium"


@dialog_page
def form(t: Translator, view: FormView) -> RenderedPage:
    """Return the page."""
    body: list[Element] = [TextBlock(escape_value(t.show(view.place)), size="Small", subtle=True)]
    if view.message:
        body.append(_bold(t, view.message))
    for saved in view.saved_by_others:
        body += _saved_by_other(t, saved)
    if any(saved.is_conflict for saved in view.saved_by_others):
        body.append(problem(t, t("Your changes are not saved yet. Review them, and then save again.")))
    body += [_bold(t, each) for each in view.preview]
    for part in view.parts:
        body += _elements(t, part)
    return page(t, view.title, body, list(view.buttons), height=view.height)


def _bold(t: Translator, text: str) -> Element:
    return TextBlock(escape(t.show(text), limit=MAX_LINE_LENGTH), weight="Bolder")


def _saved_by_other(t: Translator, saved: SavedByOther) -> list[Element]:
    line = t(
        "{name} saved this while the page was open ({time}):",
        name=escape_word(t.show(saved.who)),
        time=local_time(saved.at),
    )
    what = escape(t.show(saved.what), limit=MAX_LINE_LENGTH)
    return [TextBlock(line, weight="Bolder"), TextBlock(what, spacing="None")]


def _elements(t: Translator, part: Part) -> list[Element]:
    match part:
        case Heading():
            return [heading(escape_word(t.show(part.text)))]
        case Line():
            return [_line(t, part)]
        case Row():
            return [*button_rows(t, part.buttons)]
        case _:
            above = [problem(t, part.problem)] if part.problem else []
            below = [hint(t, part.hint)] if part.hint else []
            return [*above, _input(t, part), *below]


def _line(t: Translator, line: Line) -> Element:
    until = t("Until {time}.", time=local_time(line.until)) if line.until else ""
    text = t.sentences(escape(t.show(line.text), limit=MAX_LINE_LENGTH), until)
    return TextBlock(
        f"{local_time(line.at)} · {text}" if line.at else text,
        weight="Bolder" if line.bold else None,
        size="Small" if line.small else None,
        subtle=line.small,
        spacing="Small" if line.small else None,
    )


def _input(t: Translator, field: Field) -> Element:
    label = t.show(field.label)
    match field:
        case TimeField():
            return TimeInput(field.name, label, value=field.value)
        case DateField():
            return DateInput(field.name, label, value=field.value)
        case SwitchField():
            return Toggle(field.name, label, on=field.value == "true")
        case ChoiceField():
            return _choices(t, field, label)
        case _:
            return TextInput(field.name, label, value=field.value, longest=field.max_length)


def _choices(t: Translator, field: ChoiceField, label: str) -> Element:
    if field.dataset:
        return TypeaheadChoices(
            field.name, label, field.dataset, show_choices(t, field.choices), chosen=field.chosen, several=field.several
        )
    return Choices(
        field.name,
        label,
        show_choices(t, field.choices),
        chosen=field.chosen,
        several=field.several,
        expanded=field.expanded,
    )
