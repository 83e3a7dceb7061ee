"""Pages of dialogs: inputs with their labels, and the buttons below them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cards.buttons import Button, button
from cards.elements import AdaptiveCard, Element, TextBlock
from cards.message import Message
from cards.text import line, plain

Height = Literal["small", "medium", "large"]

LONGEST_TITLE = 60
LONGEST_PROBLEM = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a dialog shows: the card has the inputs, the title stands above it."""

    title: str
    card: AdaptiveCard
    height: Height = "medium"

    @property
    def message(self) -> Message:
        """The page as a card in a chat, for channels without dialogs."""
        return Message(card=self.card, summary=self.title)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The dialog is over: one line says what came of it."""

    text: str


def page(title: str, body: Sequence[Element], buttons: Sequence[Button] = (), *, height: Height = "medium") -> Page:
    """A page of these elements and buttons, the first of which is the one to press."""
    return Page(
        title=line(title, limit=LONGEST_TITLE),
        card=AdaptiveCard(body, actions=[button(each) for each in buttons]),
        height=height,
    )


def problem(text: str) -> Element:
    """What is wrong with what was filled in; it stands above the input that it is about."""
    return TextBlock(plain(text, limit=LONGEST_PROBLEM), weight="Bolder")
