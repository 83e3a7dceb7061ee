"""Settings of a whole environment."""

from collections.abc import Mapping
from dataclasses import dataclass

from cards.buttons import LinkButton, SubmitButton, render_button
from cards.dialog import Page, page
from cards.elements import ActionSet, Element
from cards.inputs import Choice, Choices, TextInput, TypeaheadChoices
from cards.settings.shared import (
    ConcurrentChanges,
    breadcrumb,
    concurrent_change_lines,
    heading,
    hint,
    label,
    problem_lines,
    toggles,
)

TITLE = "Organization"

MAX_DIGITS = 4

IN_OTHER_APPS = "In other apps, the pane says that chats are not enabled there."


@dataclass(frozen=True, slots=True, kw_only=True)
class PaneAppsView:
    """The choice between all apps and some, and the apps. `problem` is the reason if apps cannot be listed."""

    choices: tuple[Choice, ...]
    chosen: str
    apps: tuple[Choice, ...]
    chosen_apps: tuple[str, ...]
    dataset: str
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationView:
    """The settings by name. `labels` contains their labels."""

    place: str
    labels: Mapping[str, str]
    switches: Mapping[str, bool]
    roles: tuple[Choice, ...]
    """The roles to choose from."""
    dataset: str
    """Dataset that contains all roles."""
    allowed: tuple[str, ...]
    idle_days: str
    sync_words: str
    """Sentences about the state of sync and who can change it."""
    may_sync: bool
    pane_apps: PaneAppsView
    save: SubmitButton
    back: SubmitButton
    open_roles: LinkButton
    sync_existing: SubmitButton | None = None
    """Shows chats that were connected while sync was off. None while sync is off."""
    problems: tuple[tuple[str, str], ...] = ()
    concurrent_changes: tuple[ConcurrentChanges, ...] = ()


def organization_page(view: OrganizationView) -> Page:
    """Return the page with the switches, roles, and settings for idle chats."""
    labels = view.labels
    body: list[Element] = [breadcrumb(TITLE, view.place)]
    body += concurrent_change_lines(view.concurrent_changes, kept=False)
    body += problem_lines(view.problems)
    body += toggles(labels, view.switches, "chats_on")
    body.append(hint("Off: Chat Sync sends nothing to chats and answers that chats are turned off. Connections stay."))
    if view.roles:
        body.append(_roles(view))
    body.append(hint("If you choose no role, everyone with a Dynamics 365 user can use chats."))
    body.append(ActionSet([render_button(view.open_roles)]))
    body.append(heading("Chat sync"))
    if view.may_sync:
        body += toggles(labels, view.switches, "sync_on")
    body.append(hint(view.sync_words))
    if view.sync_existing:
        body.append(hint("Chats that were connected while chat sync was off are not shown in Dynamics 365."))
        body.append(ActionSet([render_button(view.sync_existing)]))
    days = TextInput(
        "sync_idle_days",
        labels["sync_idle_days"],
        value=view.idle_days,
        hint="0 for no limit",
        longest=MAX_DIGITS,
    )
    body.append(days)
    body += toggles(labels, view.switches, "mirror_chats")
    body += [heading("Pane"), *toggles(labels, view.switches, "other_chats"), *_pane_apps(view)]
    return page(TITLE, body, [view.save, view.back], height="large")


def _pane_apps(view: OrganizationView) -> list[Element]:
    found = view.pane_apps
    body: list[Element] = [
        Choices("app_choice", view.labels["pane_apps"], found.choices, chosen=[found.chosen], expanded=True)
    ]
    if found.apps:
        apps = [Choice(title=label(each.title), value=each.value) for each in found.apps]
        asked = "Apps (type to search)"
        body.append(TypeaheadChoices("pane_apps", asked, found.dataset, apps, chosen=found.chosen_apps, several=True))
    return [*body, hint(found.problem or IN_OTHER_APPS)]


def _roles(view: OrganizationView) -> Element:
    choices = [Choice(title=label(each.title), value=each.value) for each in view.roles]
    asked = f"{view.labels['allowed_roles']} (type to search)"
    return TypeaheadChoices("allowed_roles", asked, view.dataset, choices, chosen=view.allowed, several=True)
