"""Page with the history of the settings, the newest changes first."""

from collections.abc import Sequence
from dataclasses import dataclass

from cards.buttons import SubmitButton, button_rows
from cards.dialog import RenderedPage, dialog_page, page
from cards.elements import Container, Element, TextBlock
from cards.settings.shared import ConcurrentChanges, breadcrumb, change_lines
from cards.text import escape, local_time
from cards.translator import Translator

MAX_LINES = 15
"""Changes on a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryView:
    """A page of the history: the saves with their changes, and the buttons for other pages."""

    place: str
    saves: Sequence[ConcurrentChanges]
    back: SubmitButton
    newest: SubmitButton | None = None
    older: SubmitButton | None = None


@dialog_page
def history_page(t: Translator, view: HistoryView) -> RenderedPage:
    """Return the page with the person, the time, and the changes of each save."""
    body: list[Element] = [breadcrumb(t, view.place), *(_saved(t, each) for each in view.saves)]
    if not view.saves:
        nothing = t("There are no more changes.") if view.newest else t("Nobody has changed the settings yet.")
        body.append(TextBlock(nothing))
    body += button_rows(t, [each for each in (view.newest, view.older) if each])
    return page(t, t("History of the settings"), body, [view.back], height="large")


def _saved(t: Translator, saved: ConcurrentChanges) -> Element:
    heading = TextBlock(f"{escape(t.show(saved.who))} · {local_time(saved.at)}", weight="Bolder")
    return Container([heading, *change_lines(t, saved.changes, at_most=MAX_LINES)], separated=True)
