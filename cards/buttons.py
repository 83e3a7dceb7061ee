"""Buttons, before it is decided how a channel shows them."""

from collections.abc import Mapping
from dataclasses import dataclass

from cards.elements import Action, Execute, OpenUrl


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A button that the bot answers. What it carries comes back as a claim, not as a permission."""

    title: str
    verb: str
    payload: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A button that opens an address."""

    title: str
    url: str


def button(which: Press | Open) -> Action:
    """The button as an action of a card."""
    if isinstance(which, Open):
        return OpenUrl(which.title, which.url)
    return Execute(which.title, which.verb, which.payload)
