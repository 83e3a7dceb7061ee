"""The card that a pasted record link becomes, for everybody and for each reader (spec U1, U2, U4)."""

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
"""What a record is called whose table is not told."""

_LONGEST_SENTENCE = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """What the card says."""

    record: RecordHeader
    facts: tuple[Fact, ...] = ()
    message: str = ""
    """What came of a button that was pressed on the card, and when what stood in its way happened."""
    message_at: datetime | None = None
    buttons: tuple[Button, ...] = ()
    """What can be done with the record, beside opening it."""
    first: Button | None = None
    """Stands beside the button that opens the record."""
    asks_for_note: bool = False
    """Whether it is asked if the chat gets a note when it is connected."""
    personal_view: PersonalView | None = None


def link_card(view: LinkView) -> Message:
    """Eyebrow, title, facts where there are any, what came of it, and the buttons."""
    body = heading(view.record)
    if view.facts:
        body += facts(view.facts)
    if view.message:
        body.append(TextBlock(escape(view.message, limit=_LONGEST_SENTENCE), weight="Bolder"))
    if view.message_at:
        body.append(byline(local_time(view.message_at)))
    asked = [Toggle(NOTE, "Send a note about the record into the chat", on=True)] if view.asks_for_note else []
    named = (view.record.kind, view.record.number, view.record.name)
    return Message(
        card=record_card(
            view.record, body, view.buttons, first=view.first, asked=asked, refresh=refresh(view.personal_view)
        ),
        summary=" · ".join(isolate(single_line(part)) for part in named if part),
    )


def add_app_card() -> Message:
    """The card for somebody without the app: it shows nothing of the record. Teams takes buttons off such a card."""
    what = "Add the app Chat Sync in Teams to see here what you may see of it."
    body: list[Element] = [
        TextBlock(f"This is a {GENERIC_KIND}.", weight="Bolder"),
        TextBlock(what, spacing="Small"),
    ]
    return Message(card=AdaptiveCard(body), summary=GENERIC_KIND)
