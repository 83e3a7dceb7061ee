"""Settings as text, for moving them between environments."""

from dataclasses import dataclass

from cards.buttons import SubmitButton
from cards.dialog import RenderedPage, dialog_page, page
from cards.elements import Element, TextBlock
from cards.inputs import Choice, Choices, TextInput
from cards.settings.shared import (
    ChangeLine,
    ConcurrentChanges,
    breadcrumb,
    change_lines,
    concurrent_change_lines,
    heading,
    hint,
    labelled,
    problem_lines,
)
from cards.translator import Translator

MAX_TEXT_LENGTH = 16_000
"""Characters of settings on a page. A card has 25,000 bytes and contains them escaped twice."""

MAX_PREVIEWED = 60
"""Changes that the preview shows."""


@dialog_page
def export_page(
    t: Translator, where: str, text: str, back: SubmitButton, *, more: SubmitButton | None = None
) -> RenderedPage:
    """Return the page with the settings to copy. `more` opens the part that did not fit."""
    content = t("This text contains only settings, no records or secrets. To import it, write: settings import")
    body: list[Element] = [
        breadcrumb(t, where),
        TextInput("settings", t("Copy this text"), value=text, lines=True),
        hint(t, content),
    ]
    return page(t, t("Export settings"), body, [more, back] if more else [back], height="large")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportView:
    """The target environment, and the mistakes in the text."""

    environments: tuple[Choice, ...]
    chosen: str
    text: str
    show: SubmitButton
    problems: tuple[tuple[str, str], ...] = ()


@dialog_page
def import_page(t: Translator, view: ImportView) -> RenderedPage:
    """Return the page for pasting the settings."""
    body: list[Element] = []
    if view.problems:
        body.append(TextBlock(t("Nothing was changed."), weight="Bolder"))
    review = t("You can review the changes before you save them. Settings not in the text stay the same.")
    body += [
        *problem_lines(t, view.problems),
        Choices("environment", t("Environment"), labelled(t, view.environments), chosen=[view.chosen]),
        TextInput(
            "settings",
            t("Settings"),
            value=view.text,
            hint=t("Paste the text from settings export"),
            longest=MAX_TEXT_LENGTH,
            lines=True,
            required=t("Paste the settings"),
        ),
        hint(t, review),
    ]
    return page(t, t("Import settings"), body, [view.show], height="large")


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewView:
    """The changes to make. `save` is None if there are none."""

    place: str
    changes: tuple[ChangeLine, ...]
    save: SubmitButton | None
    back: SubmitButton
    concurrent_changes: tuple[ConcurrentChanges, ...] = ()


@dialog_page
def preview_page(t: Translator, view: PreviewView) -> RenderedPage:
    """Return the page with the changes and the button that saves them."""
    body: list[Element] = [breadcrumb(t, view.place), *concurrent_change_lines(t, view.concurrent_changes, kept=False)]
    title = t("Import settings")
    if view.save is None:
        body.append(TextBlock(t("This environment already has these settings. There is nothing to change.")))
        return page(t, title, body, [view.back])
    body.append(heading(t.plural(len(view.changes), "1 setting will change:", "{count} settings will change:")))
    body += change_lines(t, view.changes, at_most=MAX_PREVIEWED)
    return page(t, title, body, [view.save, view.back])
