"""What people can write."""

from collections.abc import Sequence
from dataclasses import dataclass

from cards.elements import AdaptiveCard, Element, TextBlock
from cards.message import Message
from cards.text import escape


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpView:
    """How each command is written, and what it does."""

    commands: tuple[tuple[str, str], ...]


def help_card(view: HelpView) -> Message:
    """Each command with its meaning below."""
    title = TextBlock("What you can write", size="Medium", weight="Bolder")
    return Message(card=AdaptiveCard([title, *usage(view.commands)]), summary="What you can write to Chat Sync")


def usage(commands: Sequence[tuple[str, str]]) -> list[Element]:
    """How each command is written, and below it what it does."""
    lines: list[Element] = []
    for written, meaning in commands:
        lines.append(TextBlock(escape(written), weight="Bolder"))
        lines.append(TextBlock(escape(meaning), spacing="None"))
    return lines
