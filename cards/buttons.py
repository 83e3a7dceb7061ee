"""Buttons, before it is decided how a channel shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cards.elements import Action, ActionSet, Execute, OpenUrl, Submit

DIALOG = "dialog"
"""Under this name a button says which page of a dialog it is for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A button that the bot answers. What it carries comes back as a claim, not as a permission."""

    title: str
    verb: str
    payload: Mapping[str, str]
    leaves: bool = False
    """It sends nothing that was filled in, so nothing has to be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A button that opens an address."""

    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDialog:
    """A button that opens a dialog; where a channel has none, its page comes as a card into the chat."""

    title: str
    dialog: str
    payload: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A button on a dialog's page: it sends what was filled in, with the payload, to the page that it names."""

    title: str
    dialog: str
    payload: Mapping[str, str]
    leaves: bool = False
    """It sends nothing that was filled in, so nothing has to be."""


Button = Press | Open | OpenDialog | Step


BESIDE_EACH_OTHER = 2
"""A third is too wide for a phone."""


def rows_of(buttons: Sequence[Button]) -> list[ActionSet]:
    """The buttons within a card's body, in as many rows as a phone needs."""
    pairs = [buttons[at : at + BESIDE_EACH_OTHER] for at in range(0, len(buttons), BESIDE_EACH_OTHER)]
    return [ActionSet([button(each) for each in pair]) for pair in pairs]


def button(which: Button) -> Action:
    """The button as an action of a card."""
    match which:
        case Open():
            return OpenUrl(which.title, which.url)
        case Press():
            return Execute(which.title, which.verb, which.payload, without_inputs=which.leaves)
        case _:
            data = {**which.payload, DIALOG: which.dialog}
            leaves = isinstance(which, Step) and which.leaves
            return Submit(which.title, data, opens_dialog=isinstance(which, OpenDialog), without_inputs=leaves)
