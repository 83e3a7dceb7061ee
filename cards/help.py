"""Help card with all commands."""

from collections.abc import Sequence
from dataclasses import dataclass

from cards.elements import AdaptiveCard, Element, TextBlock
from cards.message import Rendered, message
from cards.text import escape
from cards.translator import Translator


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpView:
    """The syntax and description of each command."""

    commands: tuple[tuple[str, str], ...]
    problem: str = ""
    """A sentence about why most commands do not work."""


@message
def help_card(t: Translator, view: HelpView) -> Rendered:
    """Return the card with each command and its description."""
    title = TextBlock(t("Commands"), size="Medium", weight="Bolder")
    problem = [TextBlock(escape(t.show(view.problem)))] if view.problem else []
    card = AdaptiveCard([title, *problem, *usage(t, view.commands)])
    return Rendered(card=card, summary=t("Commands of Chat Sync"))


def usage(t: Translator, commands: Sequence[tuple[str, str]]) -> list[Element]:
    """Return the elements with the syntax of each command above its description."""
    lines: list[Element] = []
    for written, meaning in commands:
        lines.append(TextBlock(escape(t.show(written)), weight="Bolder"))
        lines.append(TextBlock(escape(t.show(meaning)), spacing="None"))
    return lines
