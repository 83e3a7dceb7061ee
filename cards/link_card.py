"""Card for a pasted record link, for everyone and for each reader (spec U1, U2, U4)."""

from dataclasses import dataclass
from datetime import datetime

from cards.buttons import Button
from cards.elements import AdaptiveCard, Element, TextBlock
from cards.inputs import Toggle
from cards.message import Rendered, message
from cards.new_chat import NOTE
from cards.personal_view import PersonalView, refresh
from cards.record import Fact, RecordHeader, byline, facts, heading, open_buttons, record_card
from cards.text import escape, isolate, local_time, single_line
from cards.translator import Translator

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


@message
def link_card(t: Translator, view: LinkView) -> Rendered:
    """Return the card with the record, its facts, the result of the last action, and the buttons."""
    record = view.record
    body = heading(t, record)
    if view.facts:
        body += facts(t, view.facts)
    if view.message:
        body.append(TextBlock(escape(t.show(view.message), limit=_LONGEST_SENTENCE), weight="Bolder"))
    if view.message_at:
        body.append(byline(local_time(view.message_at)))
    asked = [Toggle(NOTE, t("Send a note about the record to the chat"), on=True)] if view.asks_for_note else []
    named = (t.show(record.kind), record.number, record.name)
    opens = open_buttons(t, record, view.first)
    return Rendered(
        card=record_card(t, body, opens, view.buttons, asked=asked, refresh=refresh(t, view.personal_view)),
        summary=" · ".join(isolate(single_line(part)) for part in named if part),
    )


@message
def add_app_card(t: Translator) -> Rendered:
    """Return the card for a person without the app, without the record. Teams removes buttons from this card."""
    body: list[Element] = [
        TextBlock(t("This is a Dynamics 365 record."), weight="Bolder"),
        TextBlock(t("To see its details here, add the Chat Sync app in Teams."), spacing="Small"),
    ]
    return Rendered(card=AdaptiveCard(body), summary=t("Dynamics 365 record"))
