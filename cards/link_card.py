"""The card that a pasted record link becomes (spec U1)."""

from dataclasses import dataclass

from cards.buttons import Press, button
from cards.elements import AdaptiveCard
from cards.message import Message
from cards.record import Fact, RecordHead, facts, heading, open_button
from cards.text import isolated, line


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """What the card says to everybody in the chat, and the button that connects the chat."""

    record: RecordHead
    connect: Press | None = None
    facts: tuple[Fact, ...] = ()


def link_card(view: LinkView) -> Message:
    """Eyebrow, title, facts where there are any, the button to open the record, and the one to connect."""
    body = heading(view.record)
    if view.facts:
        body += facts(view.facts)
    connect = [button(view.connect)] if view.connect else []
    card = AdaptiveCard(body, actions=[button(open_button(view.record)), *connect])
    named = (view.record.kind, view.record.number, view.record.name)
    return Message(card=card, summary=" · ".join(isolated(line(part)) for part in named if part))
