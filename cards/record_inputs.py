"""Inputs that ask for a record, shared by several dialogs."""

from collections.abc import Sequence
from dataclasses import dataclass

from cards.elements import Element, TextBlock
from cards.inputs import Choice, Choices, TextInput, TypeaheadChoices, show_choices
from cards.text import escape
from cards.translator import Translator

RECORD, WORDS = "record", "words"
"""Names of the inputs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordInputs:
    """Records to choose from, and the dataset that Teams searches while a person types."""

    choices: Sequence[Choice]
    dataset: str
    selected: str = ""
    """Default record of the page; empty if there is none."""
    hits: Sequence[Choice] = ()
    """Records that match the entered words, if there are several."""
    words: str = ""


def record_inputs(t: Translator, view: RecordInputs) -> list[Element]:
    """Return a searchable list of records and a text input."""
    about: list[Element] = [TextBlock(escape(t.show(view.selected)), weight="Bolder")] if view.selected else []
    label = t("Another record") if view.selected else t("Record")
    choices: Element = (
        Choices(RECORD, t("Which of these?"), show_choices(t, view.hits), expanded=True)
        if view.hits
        else TypeaheadChoices(RECORD, label, view.dataset, show_choices(t, view.choices))
    )
    return [*about, choices, TextInput(WORDS, t("Or its number, its link, or a few words"), value=view.words)]
