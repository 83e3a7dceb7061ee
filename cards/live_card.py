"""Live card: one card for a record, which is edited for each change (spec V8)."""

from dataclasses import dataclass
from datetime import datetime

from cards.buttons import Button
from cards.elements import Element, TextBlock
from cards.key_fields import Change, change_value, name_people, summarize
from cards.message import Message
from cards.personal_view import PersonalView, refresh
from cards.record import Fact, RecordHeader, byline, display_name, escape_word, facts, heading, record_card
from cards.text import escape, local_time, single_line

_WHY = "Live card: edited for each change; rules: Notifications"
_LONGEST_SENTENCE = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveChange:
    """A change of one column, by whom, and when."""

    change: Change
    people: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCardView:
    """The record's present key fields and its last changes, newest first."""

    record: RecordHeader
    fields: tuple[Fact, ...]
    """Empty if the card must not show values to everyone in the chat."""
    changes: tuple[LiveChange, ...]
    buttons: tuple[Button, ...] = ()
    first: Button | None = None
    """Button beside the one that opens the record."""
    personal_view: PersonalView | None = None
    ended: str = ""
    """The sentence that says why the card is no longer edited; empty while it is."""


def live_card(view: LiveCardView) -> Message:
    """Return the card with the key fields, the last changes, and the reason why it is here."""
    body = heading(view.record)
    if view.fields:
        body += facts(view.fields)
    if view.changes:
        body.append(TextBlock("Last changes", weight="Bolder", spacing="Medium"))
    for each in view.changes:
        body += _change_lines(each)
    body.append(_reason(view.ended))
    card = record_card(view.record, body, view.buttons, first=view.first, refresh=refresh(view.personal_view))
    return Message(card=card, summary=_summary(view))


def _change_lines(change: LiveChange) -> list[Element]:
    text = f"{escape_word(change.change.label)}: {change_value(change.change)}"
    by = byline(f"{name_people(change.people)} · {local_time(change.at)}", spacing="None")
    return [TextBlock(text, spacing="Small"), by]


def _reason(ended: str) -> TextBlock:
    if ended:
        return TextBlock(escape(ended, limit=_LONGEST_SENTENCE), weight="Bolder", spacing="Medium")
    return byline(_WHY, spacing="Medium")


def _summary(view: LiveCardView) -> str:
    if view.ended:
        return f"{display_name(view.record)}: {single_line(view.ended)}"
    latest = [each.change for each in view.changes[:1]]
    return summarize(view.record, latest) if latest else display_name(view.record)
