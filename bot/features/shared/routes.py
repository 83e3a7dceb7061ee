"""Routes: the functions that answer buttons, dialog pages, and searches, by their public names."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

from bot.features.shared.action_data import Claims
from bot.features.shared.answers import Answer
from bot.features.shared.turn import Incoming
from cards.dialog import Done, Page
from cards.inputs import Choice

PressWork = Callable[[Incoming, Claims], Awaitable[Answer]]
PageWork = Callable[[Incoming, Claims], Awaitable[Page | Done]]
Search = Callable[[Incoming, str, Claims], Awaitable[Sequence[Choice]]]


class ButtonFamily(Protocol):
    """Buttons of one feature."""

    @property
    def work(self) -> Mapping[str, PressWork]:
        """Map each verb to the function that answers it."""
        ...


class PageFamily(Protocol):
    """Dialog pages of one feature."""

    @property
    def pages(self) -> Mapping[str, PageWork]:
        """Map each page to the function that shows it."""
        ...

    @property
    def searches(self) -> Mapping[str, Search]:
        """Map each dataset to the function that answers while a person types."""
        ...
