"""Page with the history of the settings, the newest changes first."""

from collections.abc import Sequence
from dataclasses import dataclass

from cards.buttons import SubmitButton, button_rows
from cards.dialog import Page, page
from cards.elements import Container, Element, TextBlock
from cards.settings.shared import ConcurrentChanges, breadcrumb, change_lines
from cards.text import escape, local_time

MAX_LINES = 15
"""Changes on a page."""

_TITLE = "History of the settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryView:
    """A page of the history: the saves with their changes, and the buttons for other pages."""

    place: str
    saves: Sequence[ConcurrentChanges]
    back: SubmitButton
    newest: SubmitButton | None = None
    older: SubmitButton | None = None


def history_page(view: HistoryView) -> Page:
    """Return the page with the person, the time, and the changes of each save."""
    body: list[Element] = [breadcrumb(view.place), *(_saved(each) for each in view.saves)]
    if not view.saves:
        body.append(
            TextBlock("Nobody has changed the settings yet." if not view.newest else "There are no more changes.")
        )
    body += button_rows([each for each in (view.newest, view.older) if each])
    return page(_TITLE, body, [view.back], height="large")


def _saved(saved: ConcurrentChanges) -> Element:
    heading = TextBlock(f"{escape(saved.who)} · {local_time(saved.at)}", weight="Bolder")
    return Container([heading, *change_lines(saved.changes, at_most=MAX_LINES)], separated=True)
