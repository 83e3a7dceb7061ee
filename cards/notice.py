"""Notices and refusals: what happened, and what to do next."""

from dataclasses import dataclass
from datetime import datetime

from cards.buttons import Button, render_button
from cards.dialog import Done
from cards.elements import AdaptiveCard, Element, TextBlock
from cards.message import Message, Rendered, message
from cards.personal_view import PersonalView, refresh
from cards.record import byline
from cards.text import escape, local_time, single_line
from cards.translator import Translator

MAX_LENGTH = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """A sentence about what happened, one about what to do or whom to ask, and one button."""

    text: str
    next_step: str = ""
    next_message: Message | None = None
    """The message whose summary replaces the next step."""
    at: datetime | None = None
    button: Button | None = None
    personal_view: PersonalView | None = None
    """Request for the personal card that this notice replaces."""


@message
def notice(t: Translator, view: NoticeView) -> Rendered:
    """Return a short card."""
    said = t.show(view.text)
    body: list[Element] = [TextBlock(escape(said, limit=MAX_LENGTH), weight="Bolder")]
    next_step = view.next_message.render(t).summary if view.next_message else t.show(view.next_step)
    if next_step:
        body.append(TextBlock(escape(next_step, limit=MAX_LENGTH), spacing="Small"))
    if view.at:
        body.append(byline(local_time(view.at)))
    actions = [render_button(t, view.button)] if view.button else []
    card = AdaptiveCard(body, actions=actions, refresh=refresh(t, view.personal_view))
    return Rendered(card=card, summary=single_line(said))


@message
def last_line(t: Translator, done: Done) -> Rendered:
    """Return the end of a dialog as a card, for channels without dialogs."""
    return notice(NoticeView(text=done.line(t))).render(t)
