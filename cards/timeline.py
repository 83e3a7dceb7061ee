"""Dialog that shows a record's timeline: it asks for the record, then shows the list of the card (spec L1)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from cards.buttons import ActionButton, SubmitButton
from cards.chat_list import ChatListView, list_body
from cards.dialog import RenderedPage, dialog_page, page, problem
from cards.elements import Element
from cards.record_inputs import RecordInputs, record_inputs
from cards.translator import Translator


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseRecordView:
    """The page that asks for a record."""

    record: RecordInputs
    problem: str
    show: SubmitButton


@dialog_page
def choose_record_page(t: Translator, view: ChooseRecordView) -> RenderedPage:
    """Return the page that asks for the record."""
    body: list[Element] = [problem(t, view.problem)] if view.problem else []
    return page(t, _title(t), [*body, *record_inputs(t, view.record)], [view.show], height="small")


@dialog_page
def timeline_page(
    t: Translator, view: ChatListView, steps: Mapping[str, str], choose_another: SubmitButton
) -> RenderedPage:
    """Return the page with the list and the button that leads to another record.

    A dialog cannot run a button's verb, so `steps` must map every verb in the list to a page.
    """

    def step(press: ActionButton) -> SubmitButton:
        return SubmitButton(title=press.title, dialog=steps[press.verb], payload=press.payload)

    rows = [replace(row, button=step(row.button)) if isinstance(row.button, ActionButton) else row for row in view.rows]
    turn = step(view.page_button) if isinstance(view.page_button, ActionButton) else view.page_button
    body = list_body(t, replace(view, rows=tuple(rows), page_button=turn, more_buttons=()))
    return page(t, _title(t), body, [choose_another], height="large")


def _title(t: Translator) -> str:
    """Return the title of every page. Some clients keep the first page's title, so it does not name the record."""
    return t("Timeline")
