"""Confirmation before a note reaches people who cannot open the record (spec C9)."""

from dataclasses import dataclass

from cards.buttons import ActionButton, button_rows, render_button
from cards.elements import AdaptiveCard, Element, TextBlock
from cards.message import Rendered, message
from cards.text import escape, single_line
from cards.translator import Translator


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceView:
    """The people whom the note would reach, and the choices."""

    audience: str
    """Sentence about how many people cannot open the record. It names only the record's type."""
    send: ActionButton
    name_only: ActionButton
    cancel: ActionButton


@message
def audience(t: Translator, view: AudienceView) -> Rendered:
    """Return the card with the count, its consequence, and the three choices."""
    text = t.show(view.audience)
    body: list[Element] = [
        TextBlock(escape(text), weight="Bolder"),
        TextBlock(t("The note shows fields of the record to everyone in the chat. Send it anyway?"), spacing="Small"),
        *button_rows(t, (view.send, view.name_only)),
    ]
    card = AdaptiveCard(body, actions=[render_button(t, view.cancel)])
    return Rendered(card=card, summary=single_line(text))
