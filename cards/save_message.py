"""Dialog that saves a message to a record (spec C10). It shows everything that is saved."""

from collections.abc import Sequence
from dataclasses import dataclass

from cards.buttons import LinkButton, SubmitButton
from cards.dialog import RenderedPage, dialog_page, page, problem
from cards.elements import Container, Element, TextBlock
from cards.inputs import Choice, Choices, TextInput, show_choices
from cards.record import byline
from cards.record_inputs import RecordInputs, record_inputs
from cards.text import escape
from cards.translator import Translator

FORM, TITLE, TEXT = "form", "title", "text"
"""Names of the inputs."""

_LONGEST_LINE = 2_100
"""Characters of the longest message address, which is shown in full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveView:
    """The record, the form, and the text to save."""

    record: RecordInputs
    forms: Sequence[Choice]
    form: str
    title: str
    max_title_length: int
    text: str
    max_text_length: int
    origin: Sequence[str]
    """Lines added below the text. The last one is the address of the message, if it has one."""
    changed: str
    """Line added below the first of these lines if the person changed the text."""
    link: str
    """Address of the message; empty if it has none."""
    problem: str
    save: SubmitButton


@dialog_page
def save_page(t: Translator, view: SaveView) -> RenderedPage:
    """Return the page. The texts in its inputs are saved as they are."""
    body: list[Element] = [problem(t, view.problem)] if view.problem else []
    body += [
        *record_inputs(t, view.record),
        *_inputs(t, view),
        byline(t("These lines are added below the text:")),
        Container([_line(t, each) for each in view.origin], separated=True),
        byline(t("If you change the title or the text, this line is added below the first one:")),
        Container([_line(t, view.changed)], separated=True),
    ]
    buttons: list[SubmitButton | LinkButton] = [view.save]
    if view.link:
        buttons.append(LinkButton(title=t("Open message"), url=view.link))
    return page(t, t("Save to record"), body, buttons, height="large")


def _inputs(t: Translator, view: SaveView) -> list[Element]:
    no_title, no_text = t("Enter a title"), t("Enter a text")
    return [
        Choices(FORM, t("Save as"), show_choices(t, view.forms), chosen=[view.form]),
        TextInput(TITLE, t("Title"), value=view.title, longest=view.max_title_length, required=no_title),
        TextInput(TEXT, t("Text"), value=view.text, longest=view.max_text_length, lines=True, required=no_text),
    ]


def _line(t: Translator, text: str) -> TextBlock:
    return TextBlock(escape(t.show(text), limit=_LONGEST_LINE), size="Small", spacing="None")
