"""Dialog that starts a chat: the record, the people, and the progress (spec C7, C8, A6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from cards.buttons import LinkButton, SubmitButton
from cards.dialog import RenderedPage, dialog_page, page, problem
from cards.elements import Element, TextBlock
from cards.inputs import Choice, Choices, TextInput, Toggle, TypeaheadChoices, show_choices
from cards.note import NoteView, note_preview
from cards.record import RecordHeader, byline, heading
from cards.record_inputs import RecordInputs, record_inputs
from cards.text import escape
from cards.translator import Translator

SUGGESTED, OTHERS, NAMES, NAME, NOTE = "suggested", "others", "names", "name", "note"
"""Names of the inputs."""

MAX_NAME_LENGTH = 250
"""Characters of a chat's name ("Update chat", Microsoft Graph documentation)."""

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
    """The state of a step."""

    DONE = "done"
    RUNNING = "running"
    NOT_STARTED = "not started"
    NOT_DONE = "not done"


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


@dialog_page
def record_page(t: Translator, view: RecordView) -> RenderedPage:
    """Return the page that asks for the record, which is optional."""
    body: list[Element] = [problem(t, view.problem)] if view.problem else []
    body += [
        *record_inputs(t, view.record),
        byline(t("To start a chat without a record, leave both empty.")),
    ]
    buttons = [view.next_button, *([view.resume_button] if view.resume_button else [])]
    return page(t, t("New chat"), body, buttons, height="small")


@dialog_page
def people_page(t: Translator, view: PeopleView) -> RenderedPage:
    """Return the page that asks for people, a name, and whether to send the previewed note."""
    body: list[Element] = heading(t, view.record) if view.record else []
    if view.problem:
        body.append(problem(t, view.problem))
    body += [*_people(t, view), *_name(t, view), *_note(t, view)]
    buttons = [view.create_button, *([view.create_anyway_button] if view.create_anyway_button else [])]
    title = t("New connected chat") if view.record else t("New chat")
    return page(t, title, body, buttons, height="large")


def _people(t: Translator, view: PeopleView) -> list[Element]:
    people = t("People")
    suggested: list[Element] = []
    if view.suggested:
        suggested.append(
            Choices(SUGGESTED, people, show_choices(t, view.suggested), chosen=view.chosen, several=True, expanded=True)
        )
    label = t("More people") if view.suggested else people
    return [*suggested, TypeaheadChoices(OTHERS, label, view.dataset, show_choices(t, view.others), several=True)]


def _name(t: Translator, view: PeopleView) -> list[Element]:
    hint = t("If empty: the names of its people")
    return [
        TextInput(NAMES, t("Or names, separated by commas")),
        TextInput(NAME, t("Chat name"), value=view.topic, hint=hint, longest=MAX_NAME_LENGTH),
    ]


@dialog_page
def progress_page(t: Translator, view: ProgressView) -> RenderedPage:
    """Return the page that shows each step, the reason of a failure, and the way to resume."""
    summary = escape(t.show(view.summary), limit=_LONGEST_REASON)
    body: list[Element] = [TextBlock(summary, size="Medium", weight="Bolder")]
    for step in view.steps:
        body += _step(t, step)
    buttons: list[SubmitButton | LinkButton] = [view.resume_button] if view.resume_button else []
    is_channel = view.kind == "channel"
    if view.url:
        buttons.append(LinkButton(title=t("Open channel") if is_channel else t("Open chat"), url=view.url))
    return page(t, t("New channel") if is_channel else t("New chat"), body, buttons)


def _step(t: Translator, step: StepLine) -> list[Element]:
    said = t("{label}: {value}", label=_state(t, step.state), value=step.text)
    line = escape(said, limit=_LONGEST_REASON)
    lines: list[Element] = [TextBlock(line, spacing="Small")]
    if step.failure:
        failure = t.sentences(t.show(step.failure), t.show(step.next_step))
        lines.append(TextBlock(escape(failure, limit=_LONGEST_REASON), spacing="None"))
    return lines


def _state(t: Translator, state: StepState) -> str:
    match state:
        case StepState.DONE:
            return t("Done")
        case StepState.RUNNING:
            return t("In progress")
        case StepState.NOT_STARTED:
            return t("Not started")
        case StepState.NOT_DONE:
            return t("Not done")


def _note(t: Translator, view: PeopleView) -> list[Element]:
    if view.record is None:
        return []
    if view.preview is None:
        return [byline(t("Records of this type have no note."))]
    return [
        Toggle(NOTE, t("Send a note about the record to the chat"), on=view.note),
        byline(t("Everyone in the chat will see:")),
        note_preview(t, view.preview),
    ]
