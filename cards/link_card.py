"""Card for a pasted record link, for everyone and for each reader (spec U1, U2, U4)."""

from dataclasses import dataclass
from datetime import datetime

from cards.buttons import Button
from cards.elements import AdaptiveCard, Element, TextBlock
from cards.inputs import Toggle
from cards.message import Message
from cards.new_chat import NOTE
from cards.personal_view import PersonalView, refresh
from cards.record import Fact, RecordHeader, byline, facts, heading, record_card
from cards.text import escape, isolate, local_time, single_line

GENERIC_KIND = "Dynamics 365 record"
"""Name of a record whose table is not shown."""

_LONGEST_SENTENCE = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """The content of the card."""

    record: RecordHeader
    facts: tuple[Fact, ...] = ()
    message: str = ""
    """Result of the last action on the card, and the time of the change that prevented it."""
    message_at: datetime | None = None
    buttons: tuple[Button, ...] = ()
    """Actions in addition to opening the record."""
    first: Button | None = None
    """Button beside the one that opens the record."""
    asks_for_note: bool = False
    """True if the card asks whether to send a note when the chat is connected."""
    personal_view: PersonalView | None = None


def link_card(view: LinkView) -> Message:
    """Return the card with the record, its facts, the result of the last action, and the buttons."""
    body = heading(view.record)
    if view.facts:
        body += facts(view.facts)
    if view.message:
        body.append(TextBlock(escape(view.message, limit=_LONGEST_SENTENCE), weight="Bolder"))
    if view.message_at:
        body.append(byline(local_time(view.message_at)))
    asked = [Toggle(NOTE, "Send a note about the record to the chat", on=True)] if view.asks_for_note else []
    named = (view.record.kind, view.record.number, view.record.name)
    return Message(
        card=record_card(
            view.record, body, view.buttons, first=view.first, asked=asked, refresh=refresh(view.personal_view)
        ),
        summary=" · ".join(isolate(single_line(part)) for part in named if part),
    )


def add_app_card() -> Message:
    """Return the card for a person without the app, without the record. Teams removes buttons from this card."""
    what = "To see its details here, add the Chat Sync app in Teams."
    body: list[Element] = [
        TextBlock(f"This is a {GENERIC_KIND}.", weight="Bolder"),
        TextBlock(what, spacing="Small"),
    ]
    return Message(card=AdaptiveCard(body), summary=GENERIC_KIND)
