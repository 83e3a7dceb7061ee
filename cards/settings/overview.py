"""Start page of the settings: the environment, its current settings, and the pages that change them."""

from collections.abc import Sequence
from dataclasses import dataclass

from cards.buttons import SubmitButton, render_button
from cards.dialog import RenderedPage, dialog_page, page
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
    labelled,
    problem_lines,
)
from cards.text import escape
from cards.translator import Translator


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


def overview_title(t: Translator) -> str:
    """Return the title of the start page."""
    return t("Chat Sync settings")


@dialog_page
def overview_page(t: Translator, view: OverviewView) -> RenderedPage:
    """Return the page with the saved changes, the settings of the environment, and the record types."""
    body: list[Element] = [breadcrumb(t, view.place)]
    if view.message:
        body.append(TextBlock(escape(t.show(view.message)), weight="Bolder"))
    body += change_lines(t, view.saved)
    body += [TextBlock(escape(t.show(each))) for each in view.warnings]
    body += concurrent_change_lines(t, view.concurrent_changes, kept=True)
    body += fact_set(t, [(name, escape_value(t.show(value))) for name, value in view.facts])
    if view.other_environment:
        body.append(ActionSet([render_button(t, view.other_environment)]))
    if view.types:
        first = [view.types[0].value]
        body.append(Choices("table", t("Record type"), labelled(t, view.types), chosen=first))
        # In its own row, because three buttons side by side are too wide for a phone.
        body.append(ActionSet([render_button(t, view.change)]))
    body.append(ActionSet([render_button(t, view.history)]))
    return page(t, overview_title(t), body, [view.add, view.organization], height="medium")


@dialog_page
def environment_page(t: Translator, environments: Sequence[Choice], go: SubmitButton) -> RenderedPage:
    """Return the page that asks for one of several environments."""
    listed, first = labelled(t, environments), [environments[0].value]
    body = [Choices("environment", t("Environment"), listed, chosen=first, expanded=True)]
    return page(t, overview_title(t), body, [go], height="small")


@dataclass(frozen=True, slots=True, kw_only=True)
class AddTableView:
    """Tables listed before the person types, and the problem with the last choice."""

    place: str
    listed: tuple[Choice, ...]
    dataset: str
    add: SubmitButton
    back: SubmitButton
    problem: str = ""


@dialog_page
def add_table_page(t: Translator, view: AddTableView) -> RenderedPage:
    """Return the page that asks for the table to add."""
    body: list[Element] = [breadcrumb(t, view.place)]
    if view.problem:
        body += problem_lines(t, [(t("Table"), view.problem)])
    listed, required = labelled(t, view.listed), t("Choose a table")
    body.append(TypeaheadChoices("table", t("Table (type a few letters)"), view.dataset, listed, required=required))
    body.append(hint(t, t("The note for a new record type is off until you turn it on.")))
    return page(t, t("Add a record type"), body, [view.add, view.back], height="medium")
