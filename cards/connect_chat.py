"""Dialog that connects the chat in which it is opened (spec C1)."""

from dataclasses import dataclass

from cards.buttons import SubmitButton
from cards.dialog import RenderedPage, dialog_page, page, problem
from cards.elements import Element
from cards.inputs import Toggle
from cards.new_chat import NOTE
from cards.record_inputs import RecordInputs, record_inputs
from cards.translator import Translator


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectView:
    """The record, and whether to send a note. `note` is None in a one-to-one chat, which gets none."""

    record: RecordInputs
    note: bool | None
    problem: str
    connect: SubmitButton
    connect_anyway: SubmitButton | None = None
    """Sends the note even if some people cannot open the record. None if the person was not asked."""


@dialog_page
def connect_page(t: Translator, view: ConnectView) -> RenderedPage:
    """Return the page."""
    body: list[Element] = [problem(t, view.problem)] if view.problem else []
    body += record_inputs(t, view.record)
    if view.note is not None:
        body.append(Toggle(NOTE, t("Send a note about the record to the chat"), on=view.note))
    return page(
        t,
        t("Connect this chat"),
        body,
        [view.connect, *([view.connect_anyway] if view.connect_anyway else [])],
        height="small",
    )
