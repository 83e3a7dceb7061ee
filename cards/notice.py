"""Notices and refusals: what happened, and what to do next."""

from dataclasses import dataclass
from datetime import datetime

from cards.buttons import Button, button
from cards.elements import AdaptiveCard, Element, TextBlock
from cards.message import Message
from cards.personal_view import OwnView, refresh_of
from cards.record import byline
from cards.text import line, moment, plain

LONGEST = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """One sentence what happened, one what to do or whom to ask, and the one next step."""

    text: str
    next_step: str = ""
    at: datetime | None = None
    button: Button | None = None
    own: OwnView | None = None
    """How the reader's client gets the card in whose place this one stands."""


def notice(view: NoticeView) -> Message:
    """A short card."""
    body: list[Element] = [TextBlock(plain(view.text, limit=LONGEST), weight="Bolder")]
    if view.next_step:
        body.append(TextBlock(plain(view.next_step, limit=LONGEST), spacing="Small"))
    if view.at:
        body.append(byline(moment(view.at)))
    actions = [button(view.button)] if view.button else []
    return Message(card=AdaptiveCard(body, actions=actions, refresh=refresh_of(view.own)), summary=line(view.text))
