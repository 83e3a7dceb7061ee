"""A card of one's own: what a reader's client asks for in place of the card that everybody sees (spec U2)."""

from dataclasses import dataclass

from cards.buttons import ActionButton, render_button
from cards.elements import MAX_READERS, AdaptiveCard, Element, Execute, Refresh, TextBlock
from cards.message import Message
from cards.text import escape, single_line

_LONGEST_SENTENCE = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalView:
    """How readers get a card of their own."""

    button: ActionButton
    accounts: tuple[str, ...] | None
    """Who reads the card, by the channel's own ids; None where that is not known."""


def refresh(own: PersonalView | None) -> Refresh | None:
    """Has clients ask by themselves, as far as a card can name the readers; for more there is the message's menu.

    None where nobody is known: then the bot may not be in the chat, and would not be asked.
    """
    if own is None or not own.accounts:
        return None
    named = own.accounts if len(own.accounts) <= MAX_READERS else ()
    return Refresh(Execute(own.button.title, own.button.verb, own.button.payload), user_ids=named)


def hidden_card(text: str, next_step: str, own: PersonalView) -> Message:
    """The card of a reader who may see nothing of the record, until that is otherwise."""
    return Message(card=AdaptiveCard(_said(text, next_step), refresh=refresh(own)), summary=single_line(text))


def personal_button_card(text: str, next_step: str, own: PersonalView) -> Message:
    """The card of everybody, with the button that shows each reader a card of their own."""
    card = AdaptiveCard(_said(text, next_step), actions=[render_button(own.button)], refresh=refresh(own))
    return Message(card=card, summary=single_line(text))


def _said(text: str, next_step: str) -> list[Element]:
    body: list[Element] = [TextBlock(escape(text, limit=_LONGEST_SENTENCE), weight="Bolder")]
    if next_step:
        body.append(TextBlock(escape(next_step, limit=_LONGEST_SENTENCE), spacing="Small"))
    return body
