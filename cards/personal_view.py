"""Personal cards, which a reader's client requests in place of the shared card (spec U2)."""

from dataclasses import dataclass

from cards.buttons import ActionButton, render_button
from cards.elements import MAX_READERS, AdaptiveCard, Element, Execute, Refresh, TextBlock
from cards.message import Message
from cards.text import escape, single_line

_LONGEST_SENTENCE = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalView:
    """The request for a reader's personal card."""

    button: ActionButton
    accounts: tuple[str, ...] | None
    """Channel IDs of the readers; None if they are not known."""


def refresh(own: PersonalView | None) -> Refresh | None:
    """Return the automatic request for personal cards, which names the readers if a card can hold that many.

    In larger chats, readers use the message's menu. Return None if no reader is known, because the bot may not be in
    the chat and would not receive the request.
    """
    if own is None or not own.accounts:
        return None
    named = own.accounts if len(own.accounts) <= MAX_READERS else ()
    return Refresh(Execute(own.button.title, own.button.verb, own.button.payload), user_ids=named)


def hidden_card(text: str, next_step: str, own: PersonalView) -> Message:
    """Return the card for a reader without access to the record. It refreshes in case that changes."""
    return Message(card=AdaptiveCard(_body(text, next_step), refresh=refresh(own)), summary=single_line(text))


def personal_button_card(text: str, next_step: str, own: PersonalView) -> Message:
    """Return the shared card with the button that shows each reader a personal card."""
    card = AdaptiveCard(_body(text, next_step), actions=[render_button(own.button)], refresh=refresh(own))
    return Message(card=card, summary=single_line(text))


def _body(text: str, next_step: str) -> list[Element]:
    body: list[Element] = [TextBlock(escape(text, limit=_LONGEST_SENTENCE), weight="Bolder")]
    if next_step:
        body.append(TextBlock(escape(next_step, limit=_LONGEST_SENTENCE), spacing="Small"))
    return body
