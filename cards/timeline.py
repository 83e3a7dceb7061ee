"""Dialog that shows a record's timeline: it asks for the record, then shows the list of the card (spec L1)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from cards.buttons import ActionButton, SubmitButton
from cards.chat_list import ChatListView, list_body
from cards.dialog import Page, page, problem
from cards.elements import Element
from cards.record_inputs import RecordInputs, record_inputs

_TITLE = "Timeline"
"""Title of every page. Some clients keep the first page's title, so the record is named below it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseRecordView:
    """The page that asks for a record."""

    record: RecordInputs
    problem: str
    show: SubmitButton


def choose_record_page(view: ChooseRecordView) -> Page:
    """Return the page that asks for the record."""
    body: list[Element] = [problem(view.problem)] if view.problem else []
    return page(_TITLE, [*body, *record_inputs(view.record)], [view.show], height="small")


def timeline_page(view: ChatListView, steps: Mapping[str, str], choose_another: SubmitButton) -> Page:
    """Return the page with the list and the button that leads to another record.

    A dialog cannot run a button's verb, so `steps` must map every verb in the list to a page.
    """

    def step(press: ActionButton) -> SubmitButton:
        return SubmitButton(title=press.title, dialog=steps[press.verb], payload=press.payload)

    rows = [replace(row, button=step(row.button)) if isinstance(row.button, ActionButton) else row for row in view.rows]
    turn = step(view.page_button) if isinstance(view.page_button, ActionButton) else view.page_button
    body = list_body(replace(view, rows=tuple(rows), page_button=turn, more_buttons=()))
    return page(_TITLE, body, [choose_another], height="large")
