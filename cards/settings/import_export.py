"""Settings as text, for moving them between environments."""

from dataclasses import dataclass

from cards.buttons import SubmitButton
from cards.dialog import Page, page
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
    label,
    problem_lines,
)
from cards.words import plural

MAX_TEXT_LENGTH = 16_000
"""Characters of settings on a page. A card has 25,000 bytes and contains them escaped twice."""

MAX_PREVIEWED = 60
"""Changes that the preview shows."""


def export_page(where: str, text: str, back: SubmitButton, *, more: SubmitButton | None = None) -> Page:
    """Return the page with the settings to copy. `more` opens the part that did not fit."""
    body: list[Element] = [breadcrumb(where), TextInput("settings", "Copy this text", value=text, lines=True)]
    body.append(hint("This text contains only settings, no records or secrets. To import it, write: settings import"))
    return page("Export settings", body, [more, back] if more else [back], height="large")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportView:
    """The target environment, and the mistakes in the text."""

    environments: tuple[Choice, ...]
    chosen: str
    text: str
    show: SubmitButton
    problems: tuple[tuple[str, str], ...] = ()


def import_page(view: ImportView) -> Page:
    """Return the page for pasting the settings."""
    body: list[Element] = []
    if view.problems:
        body.append(TextBlock("Nothing was changed.", weight="Bolder"))
    body += problem_lines(view.problems)
    choices = [Choice(title=label(each.title), value=each.value) for each in view.environments]
    body.append(Choices("environment", "Environment", choices, chosen=[view.chosen]))
    body.append(
        TextInput(
            "settings",
            "Settings",
            value=view.text,
            hint="Paste the text from settings export",
            longest=MAX_TEXT_LENGTH,
            lines=True,
            required="Paste the settings",
        )
    )
    body.append(hint("You can review the changes before you save them. Settings not in the text stay the same."))
    return page("Import settings", body, [view.show], height="large")


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewView:
    """The changes to make. `save` is None if there are none."""

    place: str
    changes: tuple[ChangeLine, ...]
    save: SubmitButton | None
    back: SubmitButton
    concurrent_changes: tuple[ConcurrentChanges, ...] = ()


def preview_page(view: PreviewView) -> Page:
    """Return the page with the changes and the button that saves them."""
    body: list[Element] = [breadcrumb(view.place), *concurrent_change_lines(view.concurrent_changes, kept=False)]
    if view.save is None:
        body.append(TextBlock("This environment already has these settings. There is nothing to change."))
        return page("Import settings", body, [view.back])
    count = len(view.changes)
    body.append(heading(plural(count, "1 setting will change:", f"{count} settings will change:")))
    body += change_lines(view.changes, at_most=MAX_PREVIEWED)
    return page("Import settings", body, [view.save, view.back])
