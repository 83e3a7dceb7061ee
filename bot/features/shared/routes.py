"""Routes from public names to the functions that answer commands, buttons, dialog pages, and searches."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.public_names import Dialog
from bot.features.shared.action_data import ActionData
from bot.features.shared.answers import Answer
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from cards.dialog import Done, Page
from cards.inputs import Choice

CommandHandler = Callable[[Services, Turn, str], Awaitable[Answer]]
"""Answers a text command. The text is what follows the command."""
ButtonHandler = Callable[[Services, Turn, ActionData], Awaitable[Answer]]
"""Answers a button on a card."""
PageHandler = Callable[[Services, Turn, ActionData], Awaitable["Page | Done | Redirect"]]
"""Returns a page of a dialog, or names another page to show instead."""
SearchHandler = Callable[[Services, Turn, str, ActionData], Awaitable[Sequence[Choice]]]
"""Finds choices while a person types into an input."""


@dataclass(frozen=True, slots=True)
class Redirect:
    """Another page, perhaps of another feature, with the data to open it with."""

    dialog: Dialog
    data: ActionData


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """Everything that one feature answers, by command, verb, page, and dataset."""

    commands: Mapping[str, CommandHandler] = field(default_factory=dict)
    buttons: Mapping[str, ButtonHandler] = field(default_factory=dict)
    pages: Mapping[str, PageHandler] = field(default_factory=dict)
    searches: Mapping[str, SearchHandler] = field(default_factory=dict)
