"""Help card with all commands."""

from collections.abc import Sequence
from dataclasses import dataclass

from cards.elements import AdaptiveCard, Element, TextBlock
from cards.message import Message
from cards.text import escape


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpView:
    """The syntax and description of each command."""

    commands: tuple[tuple[str, str], ...]
    problem: str = ""
    """A sentence about why most commands do not work."""


def help_card(view: HelpView) -> Message:
    """Return the card with each command and its description."""
    title = TextBlock("Commands", size="Medium", weight="Bolder")
    problem = [TextBlock(escape(view.problem))] if view.problem else []
    return Message(card=AdaptiveCard([title, *problem, *usage(view.commands)]), summary="Commands of Chat Sync")


def usage(commands: Sequence[tuple[str, str]]) -> list[Element]:
    """Return the elements with the syntax of each command above its description."""
    lines: list[Element] = []
    for written, meaning in commands:
        lines.append(TextBlock(escape(written), weight="Bolder"))
        lines.append(TextBlock(escape(meaning), spacing="None"))
    return lines
