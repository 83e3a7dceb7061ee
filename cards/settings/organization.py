"""What is set for a whole environment."""

from collections.abc import Mapping
from dataclasses import dataclass

from cards.buttons import Open, Step, button
from cards.dialog import Page, page
from cards.elements import ActionSet, Element
from cards.inputs import Choice, Searched, TextInput
from cards.settings.shared import Meanwhile, heading, label, meanwhile_lines, place, problem_lines, small, toggles

TITLE = "Organisation"

LONGEST_NUMBER = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationView:
    """The settings by their names; `labels` say what each is called."""

    place: str
    labels: Mapping[str, str]
    on: Mapping[str, bool]
    roles: tuple[Choice, ...]
    """The roles to choose from."""
    dataset: str
    """Where others are searched."""
    allowed: tuple[str, ...]
    idle_days: str
    sync_words: str
    """Whether sync is on, and who may change it."""
    may_sync: bool
    save: Step
    back: Step
    open_roles: Open
    sync_existing: Step | None = None
    """Has chats shown that were connected while sync was off; None where sync is off now."""
    problems: tuple[tuple[str, str], ...] = ()
    meanwhile: tuple[Meanwhile, ...] = ()


def organisation(view: OrganisationView) -> Page:
    """Switches, roles, and what becomes of chats that fall silent."""
    labels = view.labels
    body: list[Element] = [place(TITLE, view.place)]
    body += meanwhile_lines(view.meanwhile, kept=False)
    body += problem_lines(view.problems)
    body += toggles(labels, view.on, "chats_on")
    body.append(small("Off: the bot answers that chats are turned off, and tells chats nothing. Connections stay."))
    if view.roles:
        body.append(_roles(view))
    body.append(small("Nothing chosen: everybody with a Dynamics 365 user."))
    body.append(ActionSet([button(view.open_roles)]))
    body.append(heading("Chat sync"))
    if view.may_sync:
        body += toggles(labels, view.on, "sync_on")
    body.append(small(view.sync_words))
    if view.sync_existing:
        body.append(small("Chats that were connected while it was off are not shown in Dynamics 365."))
        body.append(ActionSet([button(view.sync_existing)]))
    days = TextInput(
        "sync_idle_days", labels["sync_idle_days"], value=view.idle_days, hint="0: no limit", longest=LONGEST_NUMBER
    )
    body.append(days)
    body += toggles(labels, view.on, "mirror_chats")
    return page(TITLE, body, [view.save, view.back], height="large")


def _roles(view: OrganisationView) -> Element:
    choices = [Choice(title=label(each.title), value=each.value) for each in view.roles]
    asked = f"{view.labels['allowed_roles']} (type to search)"
    return Searched("allowed_roles", asked, view.dataset, choices, chosen=view.allowed, several=True)
