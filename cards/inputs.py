"""What people fill in on a card (Adaptive Cards 1.5, "Inputs"), as strict as `cards.elements`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from adaptivecards.baseobject import PropertyType

from cards.elements import Element
from cards.text import escape
from cards.validation import ValidatedElement, require_all

ON, OFF = "true", "false"
"""What a toggle sends ("Input.Toggle")."""


MAX_TITLE_LENGTH = 120
"""Characters of a choice's title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something to choose: what is shown, and what comes back, as a claim."""

    title: str
    value: str


class _Input(ValidatedElement, Element):
    """What all inputs have."""

    label = PropertyType(type=str)
    isRequired = PropertyType(type=bool)  # noqa: N815 - the schema's name
    errorMessage = PropertyType(type=str)  # noqa: N815 - the schema's name

    def __init__(self, name: str, label: str | None, *, required: str | None, **properties: object) -> None:
        """`required` is what the client says where nothing is filled in; None for an input that may stay empty."""
        super().__init__(
            id=name, label=label, isRequired=True if required else None, errorMessage=required, **properties
        )


class TextInput(_Input):
    """A line of text, or several."""

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
    """A day: it sends it as `2026-11-21`."""

    element_type = "Input.Date"
    value = PropertyType(type=str)

    def __init__(self, name: str, label: str, *, value: str = "", required: str | None = None) -> None:
        super().__init__(name, label, required=required, value=value or None)


class Toggle(_Input):
    """On or off: it sends `ON` or `OFF`."""

    element_type = "Input.Toggle"
    title = PropertyType(type=str)
    wrap = PropertyType(type=bool)
    value = PropertyType(type=str)

    def __init__(self, name: str, title: str, *, on: bool, label: str | None = None) -> None:
        super().__init__(name, label, required=None, title=title, wrap=True, value=ON if on else OFF)


class _Set(_Input):
    """What all sets of choices have."""

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
        **look: Any,
    ) -> None:
        super().__init__(
            name,
            label,
            required=required,
            choices=_listed(choices),
            value=",".join(chosen) or None,
            wrap=True,
            isMultiSelect=several or None,
            **look,
        )


class Choices(_Set):
    """One or several of these; several come back with commas between them."""

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
        super().__init__(name, label, listed, chosen=chosen, several=several, required=required, style=style)


class TypeaheadChoices(_Set):
    """One or several that Teams asks the bot for while somebody types ("Typeahead search in Adaptive Cards").

    What is listed is there before anything is typed, and all that there is in clients that do not ask.
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


def _listed(choices: Sequence[Choice]) -> list[dict[str, Any]]:
    """The choices as JSON, their titles escaped, as some clients read these as Markdown too.

    A value with a comma could not be told from two.
    """
    for each in choices:
        if not escape(each.title) or not each.value or "," in each.value:
            raise ValueError("Choices.choices: one has no title, or no value without a comma")
    return [{"title": escape(each.title, limit=MAX_TITLE_LENGTH), "value": each.value} for each in choices]
