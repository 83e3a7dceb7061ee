"""Settings as text: taking them out of one environment and into another."""

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

MAX_TEXT_LENGTH = 16_000
"""Characters of settings that a page holds: a card has room for 25 000 bytes, and carries them twice escaped."""

MAX_PREVIEWED = 60
"""Changes that are shown before they are made."""


def export_page(where: str, text: str, back: SubmitButton, *, more: SubmitButton | None = None) -> Page:
    """The settings to copy; `more` leads to the part that did not fit."""
    body: list[Element] = [breadcrumb(where), TextInput("settings", "Copy this text", value=text, lines=True)]
    body.append(hint("It holds settings alone, no records and no secrets. Paste it where you write: settings import"))
    return page("Export settings", body, [more, back] if more else [back], height="large")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportView:
    """Where the settings are to go, and what was wrong with the text."""

    environments: tuple[Choice, ...]
    chosen: str
    text: str
    show: SubmitButton
    problems: tuple[tuple[str, str], ...] = ()


def import_page(view: ImportView) -> Page:
    """The text to paste."""
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
            hint="Paste what settings export gave",
            longest=MAX_TEXT_LENGTH,
            lines=True,
            required="Paste the settings",
        )
    )
    body.append(hint("You see what would change before it is saved. What the text does not name stays as it is."))
    return page("Import settings", body, [view.show], height="large")


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewView:
    """What would change. Without a step to save there is nothing to change."""

    place: str
    changes: tuple[ChangeLine, ...]
    save: SubmitButton | None
    back: SubmitButton
    concurrent_changes: tuple[ConcurrentChanges, ...] = ()


def preview_page(view: PreviewView) -> Page:
    """What would change, and the step that does it."""
    body: list[Element] = [breadcrumb(view.place), *concurrent_change_lines(view.concurrent_changes, kept=False)]
    if view.save is None:
        body.append(TextBlock("These settings hold already. There is nothing to change."))
        return page("Import settings", body, [view.back])
    count = len(view.changes)
    body.append(heading(f"{count} {'setting' if count == 1 else 'settings'} would change:"))
    body += change_lines(view.changes, at_most=MAX_PREVIEWED)
    return page("Import settings", body, [view.save, view.back])
