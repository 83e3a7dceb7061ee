"""Pages of dialogs: inputs with their labels, and the buttons below them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cards.buttons import Button, render_button
from cards.elements import AdaptiveCard, Element, TextBlock
from cards.message import Message
from cards.text import escape, single_line

Height = Literal["small", "medium", "large"]

MAX_TITLE_LENGTH = 60
MAX_PROBLEM_LENGTH = 400


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
        title=single_line(title, limit=MAX_TITLE_LENGTH),
        card=AdaptiveCard(body, actions=[render_button(each) for each in buttons]),
        height=height,
    )


def problem(text: str) -> Element:
    """What is wrong with what was filled in; it stands above the input that it is about."""
    return TextBlock(escape(text, limit=MAX_PROBLEM_LENGTH), weight="Bolder")
