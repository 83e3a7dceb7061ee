"""The answer to a message that is no command: the closest commands instead of the whole help."""

from collections.abc import Sequence
from dataclasses import dataclass

from cards.elements import AdaptiveCard, Element, TextBlock
from cards.message import Rendered, message
from cards.record import escape_value
from cards.text import bold, escape, single_line
from cards.translator import Translator

LONGEST_SHOWN = 40
"""Characters of the unknown word that the card repeats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownCommandView:
    """The unknown word and the closest commands, the closest first."""

    word: str
    closest: Sequence[str]


@message
def unknown_command(t: Translator, view: UnknownCommandView) -> Rendered:
    """Return the card that names the word, the closest commands, and the way to the help."""
    word = single_line(view.word, limit=LONGEST_SHOWN)
    question = t("Did you mean {commands}?", commands=t.or_list(view.closest))
    body: list[Element] = [
        TextBlock(t("I don't know {word}.", word=bold(escape_value(word)))),
        TextBlock(escape(question), spacing="Small"),
        TextBlock(t("To see all commands, write help."), spacing="Small", subtle=True),
    ]
    summary = t.sentences(t("I don't know {word}.", word=word), question)
    return Rendered(card=AdaptiveCard(body), summary=summary)
