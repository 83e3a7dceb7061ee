"""The answer to a message that is no command: the closest commands instead of the whole help."""

from collections.abc import Sequence
from dataclasses import dataclass

from cards.elements import AdaptiveCard, Element, TextBlock
from cards.message import Message
from cards.record import escape_value
from cards.text import bold, escape, single_line
from cards.words import or_list

LONGEST_SHOWN = 40
"""Characters of the unknown word that the card repeats."""

_HELP = "To see all commands, write help."


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownCommandView:
    """The unknown word and the closest commands, the closest first."""

    word: str
    closest: Sequence[str]


def unknown_command(view: UnknownCommandView) -> Message:
    """Return the card that names the word, the closest commands, and the way to the help."""
    word = single_line(view.word, limit=LONGEST_SHOWN)
    question = f"Did you mean {or_list(view.closest)}?"
    body: list[Element] = [
        TextBlock(f"I don't know {bold(escape_value(word))}."),
        TextBlock(escape(question), spacing="Small"),
        TextBlock(_HELP, spacing="Small", subtle=True),
    ]
    return Message(card=AdaptiveCard(body), summary=f"I don't know {word}. {question}")
