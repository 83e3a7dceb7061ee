"""A card of one's own: what a reader's client asks for in place of the card that everybody sees (spec U2)."""

from dataclasses import dataclass

from cards.buttons import Press, button
from cards.elements import READERS_AT_MOST, AdaptiveCard, Element, Execute, Refresh, TextBlock
from cards.message import Message
from cards.text import line, plain

_LONGEST_SENTENCE = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnView:
    """How readers get a card of their own."""

    press: Press
    accounts: tuple[str, ...] | None
    """Who reads the card, by the channel's own ids; None where that is not known."""


def refresh_of(own: OwnView | None) -> Refresh | None:
    """Has clients ask by themselves, as far as a card can name the readers; for more there is the message's menu.

    None where nobody is known: then the bot may not be in the chat, and would not be asked.
    """
    if own is None or not own.accounts:
        return None
    named = own.accounts if len(own.accounts) <= READERS_AT_MOST else ()
    return Refresh(Execute(own.press.title, own.press.verb, own.press.payload), user_ids=named)


def unseen(text: str, next_step: str, own: OwnView) -> Message:
    """The card of a reader who may see nothing of the record, until that is otherwise."""
    return Message(card=AdaptiveCard(_said(text, next_step), refresh=refresh_of(own)), summary=line(text))


def offered(text: str, next_step: str, own: OwnView) -> Message:
    """The card of everybody, with the button that shows each reader a card of their own."""
    card = AdaptiveCard(_said(text, next_step), actions=[button(own.press)], refresh=refresh_of(own))
    return Message(card=card, summary=line(text))


def _said(text: str, next_step: str) -> list[Element]:
    body: list[Element] = [TextBlock(plain(text, limit=_LONGEST_SENTENCE), weight="Bolder")]
    if next_step:
        body.append(TextBlock(plain(next_step, limit=_LONGEST_SENTENCE), spacing="Small"))
    return body
