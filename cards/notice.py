"""Notices and refusals: what happened, and what to do next."""

from dataclasses import dataclass
from datetime import datetime

from cards.buttons import Button, render_button
from cards.elements import AdaptiveCard, Element, TextBlock
from cards.message import Message
from cards.personal_view import PersonalView, refresh
from cards.record import byline
from cards.text import escape, local_time, single_line

MAX_LENGTH = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """A sentence about what happened, one about what to do or whom to ask, and one button."""

    text: str
    next_step: str = ""
    at: datetime | None = None
    button: Button | None = None
    personal_view: PersonalView | None = None
    """Request for the personal card that this notice replaces."""


def notice(view: NoticeView) -> Message:
    """Return a short card."""
    body: list[Element] = [TextBlock(escape(view.text, limit=MAX_LENGTH), weight="Bolder")]
    if view.next_step:
        body.append(TextBlock(escape(view.next_step, limit=MAX_LENGTH), spacing="Small"))
    if view.at:
        body.append(byline(local_time(view.at)))
    actions = [render_button(view.button)] if view.button else []
    return Message(
        card=AdaptiveCard(body, actions=actions, refresh=refresh(view.personal_view)), summary=single_line(view.text)
    )
