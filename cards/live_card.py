"""Live card: one card for a record, which is edited for each change (spec V8)."""

from dataclasses import dataclass
from datetime import datetime

from cards.buttons import Button
from cards.elements import Element, TextBlock
from cards.key_fields import Change, change_value, name_people, summarize
from cards.message import Rendered, message
from cards.personal_view import PersonalView, refresh
from cards.record import (
    Fact,
    RecordHeader,
    byline,
    display_name,
    escape_word,
    facts,
    heading,
    open_buttons,
    record_card,
)
from cards.text import escape, local_time, single_line
from cards.translator import Translator

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


@message
def live_card(t: Translator, view: LiveCardView) -> Rendered:
    """Return the card with the key fields, the last changes, and the reason why it is here."""
    body = heading(t, view.record)
    if view.fields:
        body += facts(t, view.fields)
    if view.changes:
        body.append(TextBlock(t("Last changes"), weight="Bolder", spacing="Medium"))
    for each in view.changes:
        body += _change_lines(t, each)
    body.append(_reason(t, view.ended))
    opens = open_buttons(t, view.record, view.first)
    card = record_card(t, body, opens, view.buttons, refresh=refresh(t, view.personal_view))
    return Rendered(card=card, summary=_summary(t, view))


def _change_lines(t: Translator, change: LiveChange) -> list[Element]:
    label = escape_word(t.show(change.change.label))
    text = t("{label}: {value}", label=label, value=change_value(t, change.change))
    by = byline(f"{name_people(t, change.people)} · {local_time(change.at)}", spacing="None")
    return [TextBlock(text, spacing="Small"), by]


def _reason(t: Translator, ended: str) -> TextBlock:
    if ended:
        return TextBlock(escape(t.show(ended), limit=_LONGEST_SENTENCE), weight="Bolder", spacing="Medium")
    return byline(t("Live card: edited for each change; rules: Notifications"), spacing="Medium")


def _summary(t: Translator, view: LiveCardView) -> str:
    if view.ended:
        return t("{label}: {value}", label=display_name(t, view.record), value=single_line(t.show(view.ended)))
    latest = [each.change for each in view.changes[:1]]
    return summarize(t, view.record, latest) if latest else display_name(t, view.record)
