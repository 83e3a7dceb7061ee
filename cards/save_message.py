"""The dialog that writes a message to a record (spec C10): everything that is written stands on it."""

from collections.abc import Sequence
from dataclasses import dataclass

from cards.buttons import LinkButton, SubmitButton
from cards.dialog import Page, page, problem
from cards.elements import Container, Element, TextBlock
from cards.inputs import Choice, Choices, TextInput
from cards.record import byline
from cards.record_inputs import RecordInputs, record_inputs
from cards.text import escape

FORM, TITLE, TEXT = "form", "title", "text"
"""The inputs' names, under which what was filled in comes back."""

_LONGEST_LINE = 2_100
"""Characters of the longest address of a message, which stands there whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveView:
    """To which record, in which form, and what."""

    record: RecordInputs
    forms: Sequence[Choice]
    form: str
    title: str
    max_title_length: int
    text: str
    max_text_length: int
    origin: Sequence[str]
    """The lines that stand below the text, the last of them the address of the message where it has one."""
    changed: str
    """The line that is added where the text is no longer that of the message, below the first of them."""
    link: str
    """The address of the message; empty for none."""
    problem: str
    save: SubmitButton


def save_page(view: SaveView) -> Page:
    """The page: what stands in its inputs is written as it stands there."""
    body: list[Element] = [problem(view.problem)] if view.problem else []
    body += [
        *record_inputs(view.record),
        Choices(FORM, "Save as", view.forms, chosen=[view.form]),
        TextInput(TITLE, "Title", value=view.title, longest=view.max_title_length, required="Write a title"),
        TextInput(
            TEXT, "Text", value=view.text, longest=view.max_text_length, lines=True, required="There is nothing to save"
        ),
        byline("Below the text will stand:"),
        Container([_line(each) for each in view.origin], separated=True),
        byline("If you change the text, this is added below the first line:"),
        Container([_line(view.changed)], separated=True),
    ]
    buttons: list[SubmitButton | LinkButton] = [view.save]
    if view.link:
        buttons.append(LinkButton(title="Open message", url=view.link))
    return page("Save to record", body, buttons, height="large")


def _line(text: str) -> TextBlock:
    return TextBlock(escape(text, limit=_LONGEST_LINE), size="Small", spacing="None")
