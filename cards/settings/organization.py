"""Settings of a whole environment."""

from collections.abc import Mapping
from dataclasses import dataclass

from cards.buttons import LinkButton, SubmitButton, render_button
from cards.dialog import RenderedPage, dialog_page, page
from cards.elements import ActionSet, Element
from cards.inputs import Choice, Choices, TextInput, TypeaheadChoices, show_choices
from cards.settings.shared import (
    ConcurrentChanges,
    breadcrumb,
    concurrent_change_lines,
    heading,
    hint,
    labelled,
    problem_lines,
    toggles,
)
from cards.translator import Translator

MAX_DIGITS = 4


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


@dialog_page
def organization_page(t: Translator, view: OrganizationView) -> RenderedPage:
    """Return the page with the switches, roles, and settings for idle chats."""
    title = t("Organization")
    body: list[Element] = [breadcrumb(t, title, view.place)]
    body += concurrent_change_lines(t, view.concurrent_changes, kept=False)
    body += problem_lines(t, view.problems)
    body += [*_chats(t, view), *_sync(t, view)]
    body += [heading(t("Pane")), *toggles(t, view.labels, view.switches, "other_chats"), *_pane_apps(t, view)]
    return page(t, title, body, [view.save, view.back], height="large")


def _chats(t: Translator, view: OrganizationView) -> list[Element]:
    off = t("Off: Chat Sync sends nothing to chats and answers that chats are turned off. Connections stay.")
    return [
        *toggles(t, view.labels, view.switches, "chats_on"),
        hint(t, off),
        *([_roles(t, view)] if view.roles else []),
        hint(t, t("If you choose no role, everyone with a Dynamics 365 user can use chats.")),
        ActionSet([render_button(t, view.open_roles)]),
    ]


def _sync(t: Translator, view: OrganizationView) -> list[Element]:
    body: list[Element] = [heading(t("Chat sync"))]
    if view.may_sync:
        body += toggles(t, view.labels, view.switches, "sync_on")
    body.append(hint(t, view.sync_words))
    if view.sync_existing:
        body.append(hint(t, t("Chats that were connected while chat sync was off are not shown in Dynamics 365.")))
        body.append(ActionSet([render_button(t, view.sync_existing)]))
    label, no_limit = t.show(view.labels["sync_idle_days"]), t("0 for no limit")
    body.append(TextInput("sync_idle_days", label, value=view.idle_days, hint=no_limit, longest=MAX_DIGITS))
    return [*body, *toggles(t, view.labels, view.switches, "mirror_chats")]


def _pane_apps(t: Translator, view: OrganizationView) -> list[Element]:
    found, label = view.pane_apps, t.show(view.labels["pane_apps"])
    body: list[Element] = [
        Choices("app_choice", label, show_choices(t, found.choices), chosen=[found.chosen], expanded=True),
    ]
    if found.apps:
        apps, asked = labelled(t, found.apps), t("Apps (type to search)")
        body.append(TypeaheadChoices("pane_apps", asked, found.dataset, apps, chosen=found.chosen_apps, several=True))
    return [*body, hint(t, found.problem or t("In other apps, the pane says that chats are not enabled there."))]


def _roles(t: Translator, view: OrganizationView) -> Element:
    choices = labelled(t, view.roles)
    asked = t("{label} (type to search)", label=view.labels["allowed_roles"])
    return TypeaheadChoices("allowed_roles", asked, view.dataset, choices, chosen=view.allowed, several=True)
