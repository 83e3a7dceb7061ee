"""The card that a pasted record link becomes (spec U1)."""

from dataclasses import dataclass

from cards.buttons import Press, button
from cards.elements import AdaptiveCard
from cards.message import Message
from cards.record import Fact, RecordHead, facts, heading, open_button


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """What the card says to everybody in the chat, and the button that connects the chat."""

    record: RecordHead
    connect: Press
    facts: tuple[Fact, ...] = ()


def link_card(view: LinkView) -> Message:
    """Eyebrow, title, facts where there are any, and the buttons to open the record and to connect the chat."""
    body = heading(view.record)
    if view.facts:
        body.append(facts(view.facts))
    card = AdaptiveCard(body, actions=[button(open_button(view.record)), button(view.connect)])
    named = (view.record.kind, view.record.number, view.record.name)
    return Message(card=card, summary=" · ".join(part for part in named if part))
