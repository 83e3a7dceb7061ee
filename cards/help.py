"""What people can write."""

from dataclasses import dataclass

from cards.elements import AdaptiveCard, Element, TextBlock
from cards.message import Message
from cards.text import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpView:
    """How each command is written, and what it does."""

    commands: tuple[tuple[str, str], ...]


def help_card(view: HelpView) -> Message:
    """Each command with its meaning below."""
    body: list[Element] = [TextBlock("What you can write", size="Medium", weight="Bolder")]
    for usage, meaning in view.commands:
        body.append(TextBlock(plain(usage), weight="Bolder", spacing="Medium"))
        body.append(TextBlock(plain(meaning), spacing="None"))
    return Message(card=AdaptiveCard(body), summary="What you can write to Chat Sync")
