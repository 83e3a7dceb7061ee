"""Dialog that starts a chat: the record, the people, and the progress (spec C7, C8, A6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from cards.buttons import LinkButton, SubmitButton
from cards.dialog import Page, page, problem
from cards.elements import Element, TextBlock
from cards.inputs import Choice, Choices, TextInput, Toggle, TypeaheadChoices
from cards.note import NoteView, note_preview
from cards.record import RecordHeader, byline, heading
from cards.record_inputs import RecordInputs, record_inputs
from cards.text import escape

SUGGESTED, OTHERS, NAMES, NAME, NOTE = "suggested", "others", "names", "name", "note"
"""Names of the inputs."""

MAX_NAME_LENGTH = 250
"""Characters of a chat's name ("Update chat", Microsoft Graph documentation)."""

TITLE = "New chat"
_TITLES = {"chat": TITLE, "channel": "New channel"}
_OPEN = {"chat": "Open chat", "channel": "Open channel"}
_LONGEST_REASON = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordView:
    """The page that asks for the record."""

    record: RecordInputs
    problem: str
    next_button: SubmitButton
    resume_button: SubmitButton | None
    """Resumes a chat that was not finished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleView:
    """The people to choose from, the chat's name, and a preview of the note."""

    record: RecordHeader | None
    suggested: Sequence[Choice]
    others: Sequence[Choice]
    dataset: str
    chosen: Sequence[str]
    topic: str
    note: bool
    preview: NoteView | None
    """The note; None if the record type has no note."""
    problem: str
    create_button: SubmitButton
    create_anyway_button: SubmitButton | None = None
    """Sends the note even if some people cannot open the record. None if the person was not asked."""


class StepState(StrEnum):
    """The state of a step, as the page shows it."""

    DONE = "Done"
    RUNNING = "In progress"
    NOT_STARTED = "Not started"
    NOT_DONE = "Not done"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """A step of the creation, with the reason if it failed."""

    text: str
    state: StepState
    failure: str = ""
    next_step: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressView:
    """The progress of the creation."""

    summary: str
    steps: Sequence[StepLine]
    url: str
    """Link that opens the chat; empty if there is no chat yet."""
    resume_button: SubmitButton | None
    """None if nothing is left to do."""
    kind: Literal["chat", "channel"] = "chat"


def record_page(view: RecordView) -> Page:
    """Return the page that asks for the record, which is optional."""
    body: list[Element] = [problem(view.problem)] if view.problem else []
    body += [
        *record_inputs(view.record),
        byline("To start a chat without a record, leave both empty."),
    ]
    return page(TITLE, body, [view.next_button, *([view.resume_button] if view.resume_button else [])], height="small")


def people_page(view: PeopleView) -> Page:
    """Return the page that asks for people, a name, and whether to send the previewed note."""
    body: list[Element] = heading(view.record) if view.record else []
    if view.problem:
        body.append(problem(view.problem))
    if view.suggested:
        body.append(Choices(SUGGESTED, "People", view.suggested, chosen=view.chosen, several=True, expanded=True))
    body += [
        TypeaheadChoices(
            OTHERS, "More people" if view.suggested else "People", view.dataset, view.others, several=True
        ),
        TextInput(NAMES, "Or names, separated by commas"),
        TextInput(
            NAME, "Chat name", value=view.topic, hint="If empty: the names of its people", longest=MAX_NAME_LENGTH
        ),
        *_note(view),
    ]
    buttons = [view.create_button, *([view.create_anyway_button] if view.create_anyway_button else [])]
    return page("New connected chat" if view.record else TITLE, body, buttons, height="large")


def progress_page(view: ProgressView) -> Page:
    """Return the page that shows each step, the reason of a failure, and the way to resume."""
    body: list[Element] = [TextBlock(escape(view.summary, limit=_LONGEST_REASON), size="Medium", weight="Bolder")]
    for step in view.steps:
        body.append(TextBlock(escape(f"{step.state}: {step.text}", limit=_LONGEST_REASON), spacing="Small"))
        if step.failure:
            body.append(TextBlock(escape(f"{step.failure} {step.next_step}", limit=_LONGEST_REASON), spacing="None"))
    buttons: list[SubmitButton | LinkButton] = [view.resume_button] if view.resume_button else []
    if view.url:
        buttons.append(LinkButton(title=_OPEN[view.kind], url=view.url))
    return page(_TITLES[view.kind], body, buttons)


def _note(view: PeopleView) -> list[Element]:
    if view.record is None:
        return []
    if view.preview is None:
        return [byline("Records of this type have no note.")]
    return [
        Toggle(NOTE, "Send a note about the record to the chat", on=view.note),
        byline("Everyone in the chat will see:"),
        note_preview(view.preview),
    ]
