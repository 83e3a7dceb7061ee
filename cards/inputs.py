"""Inputs of a card (Adaptive Cards 1.5, "Inputs"), validated like `cards.elements`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from adaptivecards.baseobject import PropertyType

from cards.elements import Element
from cards.text import escape, single_line
from cards.translator import Translator
from cards.validation import ValidatedElement, require_all

ON, OFF = "true", "false"
"""Values that a toggle submits ("Input.Toggle")."""


MAX_TITLE_LENGTH = 120
"""Characters of a choice's title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A choice: its title, and the value that comes back as untrusted data."""

    title: str
    value: str


def show_choices(t: Translator, choices: Iterable[Choice]) -> list[Choice]:
    """Return the choices with titles in the reader's language."""
    return [Choice(title=t.show(each.title), value=each.value) for each in choices]


class _Input(ValidatedElement, Element):
    """Properties that all inputs share."""

    label = PropertyType(type=str)
    isRequired = PropertyType(type=bool)  # noqa: N815 - the schema's name
    errorMessage = PropertyType(type=str)  # noqa: N815 - the schema's name

    def __init__(self, name: str, label: str | None, *, required: str | None, **properties: object) -> None:
        """Create the input. `required` is the client's error message for an empty value; None allows an empty value."""
        error = escape(required) if required else None
        super().__init__(id=name, label=label, isRequired=True if required else None, errorMessage=error, **properties)


class TextInput(_Input):
    """A text input with one line or several."""

    element_type = "Input.Text"
    value = PropertyType(type=str)
    placeholder = PropertyType(type=str)
    maxLength = PropertyType(type=int)  # noqa: N815 - the schema's name
    isMultiline = PropertyType(type=bool)  # noqa: N815 - the schema's name

    def __init__(
        self,
        name: str,
        label: str,
        *,
        value: str = "",
        hint: str | None = None,
        longest: int | None = None,
        lines: bool = False,
        required: str | None = None,
    ) -> None:
        super().__init__(
            name,
            label,
            required=required,
            value=value or None,
            placeholder=hint,
            maxLength=longest,
            isMultiline=lines or None,
        )


class DateInput(_Input):
    """A date input, which submits `2026-11-21`."""

    element_type = "Input.Date"
    value = PropertyType(type=str)

    def __init__(self, name: str, label: str, *, value: str = "", required: str | None = None) -> None:
        super().__init__(name, label, required=required, value=value or None)


class TimeInput(_Input):
    """A time input, which submits `18:00`."""

    element_type = "Input.Time"
    value = PropertyType(type=str)

    def __init__(self, name: str, label: str, *, value: str = "", required: str | None = None) -> None:
        super().__init__(name, label, required=required, value=value or None)


class Toggle(_Input):
    """A switch, which submits `ON` or `OFF`."""

    element_type = "Input.Toggle"
    title = PropertyType(type=str)
    wrap = PropertyType(type=bool)
    value = PropertyType(type=str)

    def __init__(self, name: str, title: str, *, on: bool, label: str | None = None) -> None:
        shown = escape(title, limit=MAX_TITLE_LENGTH) or (name if title else "")
        super().__init__(name, label, required=None, title=shown, wrap=True, value=ON if on else OFF)


class _Set(_Input):
    """Properties that all choice sets share."""

    element_type = "Input.ChoiceSet"
    choices = PropertyType(type=list)
    value = PropertyType(type=str)
    wrap = PropertyType(type=bool)
    isMultiSelect = PropertyType(type=bool)  # noqa: N815 - the schema's name
    style = PropertyType(type=str)
    query = PropertyType(type=dict, key_name="choices.data")

    def __init__(
        self,
        name: str,
        label: str,
        choices: Sequence[Choice],
        *,
        chosen: Sequence[str],
        several: bool,
        required: str | None,
        markdown: bool = False,
        **look: Any,
    ) -> None:
        super().__init__(
            name,
            label,
            required=required,
            choices=_listed(choices, markdown=markdown),
            value=",".join(chosen) or None,
            wrap=True,
            isMultiSelect=several or None,
            **look,
        )


class Choices(_Set):
    """A set with one choice or several. Several values come back separated by commas."""

    def __init__(
        self,
        name: str,
        label: str,
        choices: Sequence[Choice],
        *,
        chosen: Sequence[str] = (),
        several: bool = False,
        expanded: bool = False,
        required: str | None = None,
    ) -> None:
        style = "expanded" if expanded else "compact"
        listed = require_all(choices, Choice, "Choices.choices")
        super().__init__(
            name,
            label,
            listed,
            chosen=chosen,
            several=several,
            required=required,
            # Clients render the titles beside boxes as Markdown, and those in lists as plain text.
            markdown=expanded or several,
            style=style,
        )


class TypeaheadChoices(_Set):
    """A set that Teams searches through the bot while a person types ("Typeahead search in Adaptive Cards").

    The listed choices are shown before the person types. Clients without the search show only these.
    """

    def __init__(
        self,
        name: str,
        label: str,
        dataset: str,
        listed: Sequence[Choice],
        *,
        chosen: Sequence[str] = (),
        several: bool = False,
        required: str | None = None,
    ) -> None:
        query = {"type": "Data.Query", "dataset": dataset}
        super().__init__(
            name, label, listed, chosen=chosen, several=several, required=required, style="filtered", query=query
        )


def _listed(choices: Sequence[Choice], *, markdown: bool) -> list[dict[str, Any]]:
    """Return the choices as JSON. A choice whose title is invisible shows its value.

    Raise ValueError for a value with a comma, because commas separate several values.
    """
    if any(not each.value or "," in each.value for each in choices):
        raise ValueError("Choices.choices: one has no value without a comma")
    show = escape if markdown else single_line
    return [
        {"title": show(each.title, limit=MAX_TITLE_LENGTH) or show(each.value), "value": each.value} for each in choices
    ]
