"""Start page of the settings: the environment, its current settings, and the pages that change them."""

from collections.abc import Sequence
from dataclasses import dataclass

from cards.buttons import SubmitButton, render_button
from cards.dialog import Page, page
from cards.elements import ActionSet, Element, TextBlock
from cards.inputs import Choice, Choices, TypeaheadChoices
from cards.record import escape_value, fact_set
from cards.settings.shared import (
    ChangeLine,
    ConcurrentChanges,
    breadcrumb,
    change_lines,
    concurrent_change_lines,
    hint,
    label,
    problem_lines,
)
from cards.text import escape

TITLE = "Chat Sync settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewView:
    """`types` are the record types to choose from; `message` is the result of the previous page."""

    place: str
    facts: tuple[tuple[str, str], ...]
    types: tuple[Choice, ...]
    change: SubmitButton
    add: SubmitButton
    organization: SubmitButton
    history: SubmitButton
    other_environment: SubmitButton | None = None
    """Opens another environment, if there are several."""
    message: str = ""
    warnings: tuple[str, ...] = ()
    """Sentences about settings that have no effect yet."""
    saved: tuple[ChangeLine, ...] = ()
    concurrent_changes: tuple[ConcurrentChanges, ...] = ()


def overview_page(view: OverviewView) -> Page:
    """Return the page with the saved changes, the settings of the environment, and the record types."""
    body: list[Element] = [breadcrumb(view.place)]
    if view.message:
        body.append(TextBlock(escape(view.message), weight="Bolder"))
    body += change_lines(view.saved)
    body += [TextBlock(escape(each)) for each in view.warnings]
    body += concurrent_change_lines(view.concurrent_changes, kept=True)
    body += fact_set([(name, escape_value(value)) for name, value in view.facts])
    if view.other_environment:
        body.append(ActionSet([render_button(view.other_environment)]))
    if view.types:
        body.append(Choices("table", "Record type", _labelled(view.types), chosen=[view.types[0].value]))
        # In its own row, because three buttons side by side are too wide for a phone.
        body.append(ActionSet([render_button(view.change)]))
    body.append(ActionSet([render_button(view.history)]))
    return page(TITLE, body, [view.add, view.organization], height="medium")


def environment_page(environments: Sequence[Choice], go: SubmitButton) -> Page:
    """Return the page that asks for one of several environments."""
    first = [environments[0].value]
    body = [Choices("environment", "Environment", _labelled(environments), chosen=first, expanded=True)]
    return page(TITLE, body, [go], height="small")


@dataclass(frozen=True, slots=True, kw_only=True)
class AddTableView:
    """Tables listed before the person types, and the problem with the last choice."""

    place: str
    listed: tuple[Choice, ...]
    dataset: str
    add: SubmitButton
    back: SubmitButton
    problem: str = ""


def add_table_page(view: AddTableView) -> Page:
    """Return the page that asks for the table to add."""
    body: list[Element] = [breadcrumb(view.place)]
    if view.problem:
        body += problem_lines([("Table", view.problem)])
    body.append(
        TypeaheadChoices(
            "table", "Table (type a few letters)", view.dataset, _labelled(view.listed), required="Choose a table"
        )
    )
    body.append(hint("The note for a new record type is off until you turn it on."))
    return page("Add a record type", body, [view.add, view.back], height="medium")


def _labelled(choices: Sequence[Choice]) -> list[Choice]:
    return [Choice(title=label(each.title), value=each.value) for each in choices]
