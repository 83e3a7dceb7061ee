"""Buttons, before it is decided how a channel shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cards.elements import Action, ActionSet, Execute, OpenUrl, Submit

DIALOG = "dialog"
"""Under this name a button says which page of a dialog it is for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionButton:
    """A button that the bot answers. What it carries comes back as a claim, not as a permission."""

    title: str
    verb: str
    payload: Mapping[str, str]
    ignores_inputs: bool = False
    """It sends nothing that was filled in, so nothing has to be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkButton:
    """A button that opens an address."""

    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogButton:
    """A button that opens a dialog; where a channel has none, its page comes as a card into the chat."""

    title: str
    dialog: str
    payload: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitButton:
    """A button on a dialog's page: it sends what was filled in, with the payload, to the page that it names."""

    title: str
    dialog: str
    payload: Mapping[str, str]
    ignores_inputs: bool = False
    """It sends nothing that was filled in, so nothing has to be."""


Button = ActionButton | LinkButton | DialogButton | SubmitButton


BUTTONS_PER_ROW = 2
"""A third is too wide for a phone."""


def button_rows(buttons: Sequence[Button]) -> list[ActionSet]:
    """The buttons within a card's body, in as many rows as a phone needs."""
    pairs = [buttons[at : at + BUTTONS_PER_ROW] for at in range(0, len(buttons), BUTTONS_PER_ROW)]
    return [ActionSet([render_button(each) for each in pair]) for pair in pairs]


def render_button(which: Button) -> Action:
    """The button as an action of a card."""
    match which:
        case LinkButton():
            return OpenUrl(which.title, which.url)
        case ActionButton():
            return Execute(which.title, which.verb, which.payload, without_inputs=which.ignores_inputs)
        case _:
            data = {**which.payload, DIALOG: which.dialog}
            leaves = isinstance(which, SubmitButton) and which.ignores_inputs
            return Submit(which.title, data, opens_dialog=isinstance(which, DialogButton), without_inputs=leaves)
