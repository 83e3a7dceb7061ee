"""Personal cards, which a reader's client requests in place of the shared card (spec U2)."""

from dataclasses import dataclass

from cards.buttons import ActionButton, render_button
from cards.elements import MAX_READERS, AdaptiveCard, Element, Execute, Refresh, TextBlock
from cards.message import Rendered, message
from cards.text import escape, single_line
from cards.translator import Translator

_LONGEST_SENTENCE = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalView:
    """The request for a reader's personal card."""

    button: ActionButton
    accounts: tuple[str, ...] | None
    """Channel IDs of the readers; None if they are not known."""


def refresh(t: Translator, own: PersonalView | None) -> Refresh | None:
    """Return the automatic request for personal cards, which names the readers if a card can hold that many.

    In larger chats, readers use the message's menu. Return None if no reader is known, because the bot may not be in
    the chat and would not receive the request.
    """
    if own is None or not own.accounts:
        return None
    named = own.accounts if len(own.accounts) <= MAX_READERS else ()
    return Refresh(Execute(t.show(own.button.title), own.button.verb, own.button.payload), user_ids=named)


@message
def hidden_card(t: Translator, text: str, next_step: str, own: PersonalView) -> Rendered:
    """Return the card for a reader without access to the record. It refreshes in case that changes."""
    card = AdaptiveCard(_body(t, text, next_step), refresh=refresh(t, own))
    return Rendered(card=card, summary=single_line(t.show(text)))


@message
def personal_button_card(t: Translator, text: str, next_step: str, own: PersonalView) -> Rendered:
    """Return the shared card with the button that shows each reader a personal card."""
    card = AdaptiveCard(_body(t, text, next_step), actions=[render_button(t, own.button)], refresh=refresh(t, own))
    return Rendered(card=card, summary=single_line(t.show(text)))


def _body(t: Translator, text: str, next_step: str) -> list[Element]:
    body: list[Element] = [TextBlock(escape(t.show(text), limit=_LONGEST_SENTENCE), weight="Bolder")]
    if next_step:
        body.append(TextBlock(escape(t.show(next_step), limit=_LONGEST_SENTENCE), spacing="Small"))
    return body
