"""Where the settings begin: the environment, what holds there, and the ways to change it."""

from collections.abc import Sequence
from dataclasses import dataclass

from cards.buttons import Step, button
from cards.dialog import Page, page
from cards.elements import ActionSet, Element, TextBlock
from cards.inputs import Choice, Choices, Searched
from cards.record import fact_set, shown
from cards.settings.shared import (
    ChangeLine,
    Meanwhile,
    change_lines,
    label,
    meanwhile_lines,
    place,
    problem_lines,
    small,
)
from cards.text import plain

TITLE = "Chat Sync settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewView:
    """`types` are the record types to choose from; `said` is what came of the page before."""

    place: str
    facts: tuple[tuple[str, str], ...]
    types: tuple[Choice, ...]
    change: Step
    add: Step
    organisation: Step
    elsewhere: Step | None = None
    """To another environment, where there are several."""
    said: str = ""
    saved: tuple[ChangeLine, ...] = ()
    meanwhile: tuple[Meanwhile, ...] = ()


def overview(view: OverviewView) -> Page:
    """What was saved, what holds for the whole environment, and the record types to choose from."""
    body: list[Element] = [place(view.place)]
    if view.said:
        body.append(TextBlock(plain(view.said), weight="Bolder"))
    body += change_lines(view.saved)
    body += meanwhile_lines(view.meanwhile, kept=True)
    body += fact_set([(name, shown(value)) for name, value in view.facts])
    if view.elsewhere:
        body.append(ActionSet([button(view.elsewhere)]))
    if view.types:
        body.append(Choices("table", "Record type", _labelled(view.types), chosen=[view.types[0].value]))
        # By itself: three buttons side by side are too wide for a phone.
        body.append(ActionSet([button(view.change)]))
    return page(TITLE, body, [view.add, view.organisation], height="medium")


def choose_environment(environments: Sequence[Choice], go: Step) -> Page:
    """The first page where there are several environments."""
    first = [environments[0].value]
    body = [Choices("environment", "Environment", _labelled(environments), chosen=first, expanded=True)]
    return page(TITLE, body, [go], height="small")


@dataclass(frozen=True, slots=True, kw_only=True)
class AddingView:
    """The tables to choose from before anything is typed, and why the last choice was none."""

    place: str
    listed: tuple[Choice, ...]
    dataset: str
    add: Step
    back: Step
    problem: str = ""


def adding(view: AddingView) -> Page:
    """The table to add."""
    body: list[Element] = [place(view.place)]
    if view.problem:
        body += problem_lines([("Table", view.problem)])
    body.append(
        Searched("table", "Table (type a few letters)", view.dataset, _labelled(view.listed), required="Choose a table")
    )
    body.append(small("Its note is off until you turn it on."))
    return page("Add a record type", body, [view.add, view.back], height="medium")


def _labelled(choices: Sequence[Choice]) -> list[Choice]:
    return [Choice(title=label(each.title), value=each.value) for each in choices]
