"""Buttons, independent of how a channel shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cards.elements import Action, ActionSet, Execute, OpenUrl, Submit
from cards.translator import Translator

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


def button_rows(t: Translator, buttons: Sequence[Button]) -> list[ActionSet]:
    """Return the buttons in as many rows of a card's body as a phone needs."""
    rows: list[list[Action]] = []
    for button in buttons:
        action = render_button(t, button)
        if rows and _fits(rows[-1], action):
            rows[-1].append(action)
        else:
            rows.append([action])
    return [ActionSet(row) for row in rows]


def _fits(row: Sequence[Action], action: Action) -> bool:
    titles = [each.title for each in (*row, action)]
    return len(titles) <= BUTTONS_PER_ROW and sum(map(len, titles)) <= _ROW_LENGTH


def render_button(t: Translator, button: Button) -> Action:
    """Return the button as an action of a card."""
    title = t.show(button.title)
    match button:
        case LinkButton():
            return OpenUrl(title, button.url)
        case ActionButton():
            return Execute(title, button.verb, button.payload, without_inputs=button.ignores_inputs)
        case _:
            data = {**button.payload, DIALOG: button.dialog}
            leaves = isinstance(button, SubmitButton) and button.ignores_inputs
            return Submit(title, data, opens_dialog=isinstance(button, DialogButton), without_inputs=leaves)
