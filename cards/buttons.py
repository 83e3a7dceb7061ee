"""Buttons, independent of how a channel shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cards.elements import Action, ActionSet, Execute, OpenUrl, Submit

DIALOG = "dialog"
"""Name in a button's data for the page of the dialog that it opens or submits to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionButton:
    """A button that the bot handles. Its payload comes back as untrusted data."""

    title: str
    verb: str
    payload: Mapping[str, str]
    ignores_inputs: bool = False
    """True if the button submits no inputs, so that required ones may be empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkButton:
    """A button that opens an address."""

    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogButton:
    """A button that opens a dialog. In channels without dialogs, the page is posted as a card."""

    title: str
    dialog: str
    payload: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitButton:
    """A button on a dialog page that submits the inputs and the payload to the named page."""

    title: str
    dialog: str
    payload: Mapping[str, str]
    ignores_inputs: bool = False
    """True if the button submits no inputs, so that required ones may be empty."""


Button = ActionButton | LinkButton | DialogButton | SubmitButton


BUTTONS_PER_ROW = 2
"""Maximum number of buttons in a row. A third button is too wide for a phone."""
_ROW_LENGTH = 30
"""Maximum number of characters of the titles in a row. Longer ones are too wide for a phone."""


def button_rows(buttons: Sequence[Button]) -> list[ActionSet]:
    """Return the buttons in as many rows of a card's body as a phone needs."""
    rows: list[list[Button]] = []
    for button in buttons:
        if rows and _fits(rows[-1], button):
            rows[-1].append(button)
        else:
            rows.append([button])
    return [ActionSet([render_button(each) for each in row]) for row in rows]


def _fits(row: Sequence[Button], button: Button) -> bool:
    titles = [each.title for each in (*row, button)]
    return len(titles) <= BUTTONS_PER_ROW and sum(map(len, titles)) <= _ROW_LENGTH


def render_button(which: Button) -> Action:
    """Return the button as an action of a card."""
    match which:
        case LinkButton():
            return OpenUrl(which.title, which.url)
        case ActionButton():
            return Execute(which.title, which.verb, which.payload, without_inputs=which.ignores_inputs)
        case _:
            data = {**which.payload, DIALOG: which.dialog}
            leaves = isinstance(which, SubmitButton) and which.ignores_inputs
            return Submit(which.title, data, opens_dialog=isinstance(which, DialogButton), without_inputs=leaves)
