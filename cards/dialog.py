"""Dialog pages: labeled inputs, and the buttons below them."""

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
    """A dialog page: a card with the inputs, and the title above it."""

    title: str
    card: AdaptiveCard
    height: Height = "medium"

    @property
    def message(self) -> Message:
        """The page as a card in a chat, for channels without dialogs."""
        return Message(card=self.card, summary=self.title)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The end of a dialog, with a line that states the result."""

    text: str


def page(title: str, body: Sequence[Element], buttons: Sequence[Button] = (), *, height: Height = "medium") -> Page:
    """Return a page with these elements and buttons. The first button is the primary one."""
    return Page(
        title=single_line(title, limit=MAX_TITLE_LENGTH),
        card=AdaptiveCard(body, actions=[render_button(each) for each in buttons]),
        height=height,
    )


def problem(text: str) -> Element:
    """Return the text of an input problem, which is placed above the input."""
    return TextBlock(escape(text, limit=MAX_PROBLEM_LENGTH), weight="Bolder")
