"""The dialog that starts a chat: about which record, with whom, and what became of it (spec C7, C8, A6)."""

from collections.abc import Sequence
from dataclasses import dataclass

from cards.buttons import LinkButton, SubmitButton
from cards.dialog import Page, page, problem
from cards.elements import Container, Element, TextBlock
from cards.inputs import Choice, Choices, TextInput, Toggle, TypeaheadChoices
from cards.record import Fact, RecordHeader, byline, escape_name, facts, heading
from cards.record_inputs import RecordInputs, record_inputs
from cards.text import escape

SUGGESTED, OTHERS, NAMES, NAME, NOTE = "suggested", "others", "names", "name", "note"
"""The inputs' names, under which what was filled in comes back."""

MAX_NAME_LENGTH = 250
"""Characters of a chat's name ("Update chat", Microsoft Graph documentation)."""

TITLE = "New chat"
_LONGEST_REASON = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordView:
    """Which record, and how to go on."""

    record: RecordInputs
    problem: str
    next_button: SubmitButton
    resume_button: SubmitButton | None
    """Goes on with a chat that was left half made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleView:
    """Whom to ask, how the chat is to be called, and what its note will say."""

    record: RecordHeader | None
    suggested: Sequence[Choice]
    others: Sequence[Choice]
    dataset: str
    chosen: Sequence[str]
    topic: str
    note: bool
    facts: Sequence[Fact] | None
    """What the note will say; None where there is none."""
    problem: str
    create_button: SubmitButton
    create_anyway_button: SubmitButton | None = None
    """Sends the note though not everybody may open the record; None where that is not the question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """A step and how it stands: done, not done, or why it could not be done."""

    text: str
    done: bool
    failure: str = ""
    next_step: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressView:
    """What became of the chat."""

    summary: str
    steps: Sequence[StepLine]
    url: str
    """Opens the chat; empty where there is none yet."""
    resume_button: SubmitButton | None
    """None where nothing is left to do."""


def record_page(view: RecordView) -> Page:
    """Which record; none is an answer too."""
    body: list[Element] = [problem(view.problem)] if view.problem else []
    body += [
        *record_inputs(view.record),
        byline("Leave both empty for a chat without a record."),
    ]
    return page(TITLE, body, [view.next_button, *([view.resume_button] if view.resume_button else [])], height="small")


def people_page(view: PeopleView) -> Page:
    """With whom, under which name, and whether with a note, which is shown as it will be."""
    body: list[Element] = heading(view.record) if view.record else []
    if view.problem:
        body.append(problem(view.problem))
    if view.suggested:
        body.append(Choices(SUGGESTED, "People", view.suggested, chosen=view.chosen, several=True, expanded=True))
    body += [
        TypeaheadChoices(
            OTHERS, "More people" if view.suggested else "People", view.dataset, view.others, several=True
        ),
        TextInput(NAMES, "Or their names, with commas between them"),
        TextInput(NAME, "Name of the chat", value=view.topic, hint="Empty: by its people", longest=MAX_NAME_LENGTH),
        *_note(view),
    ]
    buttons = [view.create_button, *([view.create_anyway_button] if view.create_anyway_button else [])]
    return page("New connected chat" if view.record else TITLE, body, buttons, height="large")


def progress_page(view: ProgressView) -> Page:
    """What is done, what is not and why, and how to go on."""
    body: list[Element] = [TextBlock(escape(view.summary, limit=_LONGEST_REASON), size="Medium", weight="Bolder")]
    for step in view.steps:
        words = f"{'Done' if step.done else 'Not done'}: {step.text}"
        body.append(TextBlock(escape(words, limit=_LONGEST_REASON), spacing="Small"))
        if step.failure:
            body.append(TextBlock(escape(f"{step.failure} {step.next_step}", limit=_LONGEST_REASON), spacing="None"))
    buttons: list[SubmitButton | LinkButton] = [view.resume_button] if view.resume_button else []
    if view.url:
        buttons.append(LinkButton(title="Open chat", url=view.url))
    return page(TITLE, body, buttons)


def _note(view: PeopleView) -> list[Element]:
    if view.record is None:
        return []
    if view.facts is None:
        return [byline("Records of this type have no note.")]
    lines = facts(view.facts) if view.facts else []
    preview: list[Element] = [TextBlock(escape_name(view.record.name or view.record.kind), weight="Bolder"), *lines]
    return [
        Toggle(NOTE, "Send a note about the record into the chat", on=view.note),
        byline("Everybody in the chat will see:"),
        Container(preview, separated=True),
    ]
