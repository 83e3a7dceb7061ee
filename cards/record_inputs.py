"""The inputs that ask for a record, on the pages of several dialogs."""

from collections.abc import Sequence
from dataclasses import dataclass

from cards.elements import Element, TextBlock
from cards.inputs import Choice, Choices, TextInput, TypeaheadChoices
from cards.text import escape

RECORD, WORDS = "record", "words"
"""The inputs' names, under which what was filled in comes back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordInputs:
    """Records to choose from, and the dataset in which Teams searches while somebody types."""

    choices: Sequence[Choice]
    dataset: str
    selected: str = ""
    """The record that the page is about unless another is chosen; empty for none."""
    hits: Sequence[Choice] = ()
    """Records that fit what was written, where these are several."""
    words: str = ""


def record_inputs(view: RecordInputs) -> list[Element]:
    """A list to choose from, in which Teams searches, and a line to write into."""
    about: list[Element] = [TextBlock(escape(view.selected), weight="Bolder")] if view.selected else []
    label = "Another record" if view.selected else "Record"
    choices: Element = (
        Choices(RECORD, "Which of these?", view.hits, expanded=True)
        if view.hits
        else TypeaheadChoices(RECORD, label, view.dataset, view.choices)
    )
    return [*about, choices, TextInput(WORDS, "Or its number, link or a few words", value=view.words)]
