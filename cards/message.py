"""Messages, which are rendered when the language of their readers is known.

A feature creates a message from a view. The entry point that sends it knows who reads it, and renders it: for one
person in that person's language, and for a chat in the chat's language (spec I2).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec

from cards.elements import AdaptiveCard
from cards.translator import Translator

P = ParamSpec("P")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A card and its summary for the feed and screen readers; outside text in it is a `cards.text.single_line`."""

    card: AdaptiveCard
    summary: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message for readers of any language."""

    build: Callable[[Translator], Rendered]

    def render(self, t: Translator) -> Rendered:
        """Return the card and its summary in the language."""
        rendered = self.build(t)
        if t.is_right_to_left:
            rendered.card.rtl = True
        return rendered


def message(build: Callable[Concatenate[Translator, P], Rendered]) -> Callable[P, Message]:
    """Return the function without its translator: it creates a message that is rendered later."""

    @wraps(build)
    def create(*args: P.args, **kwargs: P.kwargs) -> Message:
        return Message(lambda t: build(t, *args, **kwargs))

    return create
