"""The card that tells of changed key fields, and of turns in a record's life (spec K2, K12)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cards.buttons import Button
from cards.elements import Element, TextBlock
from cards.message import Message
from cards.personal_view import PersonalView, refresh
from cards.record import (
    MAX_WORD_LENGTH,
    RecordHeader,
    byline,
    display_name,
    escape_value,
    escape_word,
    fact_set,
    heading,
    record_card,
)
from cards.text import EMPTY, bold, escape, isolate, local_time, single_line

MAX_VALUE_LENGTH = 100
"""Characters of each of the two values: together they are as long as one value of a note."""
_LONGEST_SENTENCE = 400
_PEOPLE_NAMED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A column's change. `old` None: it is not known. `new` None: it is not to be told, only that it changed."""

    label: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFieldsView:
    """What the card says: the changes, those who made them, and when the last of them was."""

    record: RecordHeader
    changes: tuple[Change, ...]
    people: tuple[str, ...]
    at: datetime
    news: tuple[str, ...] = ()
    """What became of the record as a whole, each a sentence."""
    buttons: tuple[Button, ...] = ()
    """What can be done about it, beside opening the record."""
    first: Button | None = None
    """Stands beside the button that opens the record."""
    personal_view: PersonalView | None = None


def key_fields(view: KeyFieldsView) -> Message:
    """Eyebrow, title, old and new value of each field, what became of the record, who and when, and the buttons."""
    body = heading(view.record)
    if view.changes or not view.news:
        body += change_facts(view.changes)
    body += [TextBlock(escape(sentence, limit=_LONGEST_SENTENCE)) for sentence in view.news]
    body.append(byline(f"{_people(view.people)} · {local_time(view.at)}"))
    card = record_card(view.record, body, view.buttons, first=view.first, refresh=refresh(view.personal_view))
    return Message(card=card, summary=_summary(view))


def _summary(view: KeyFieldsView) -> str:
    if view.changes:
        return summarize(view.record, view.changes)
    return f"{display_name(view.record)}: {' '.join(single_line(sentence) for sentence in view.news)}"


def change_facts(changes: Sequence[Change]) -> list[Element]:
    """Old and new value of each field."""
    return fact_set([(change.label, _format_change(change)) for change in changes])


def summarize(record: RecordHeader, changes: Sequence[Change]) -> str:
    """The changes as a line of text, for the feed and for screen readers."""
    said = "; ".join(_describe_change(change) for change in changes)
    return f"{display_name(record)}: {said}"


def _format_change(change: Change) -> str:
    if change.new is None or _looks_unchanged(change.old, change.new):
        return "changed"
    new = bold(escape_value(change.new, limit=MAX_VALUE_LENGTH))
    return new if change.old is None else f"{escape_value(change.old, limit=MAX_VALUE_LENGTH)} → {new}"


def _describe_change(change: Change) -> str:
    label = isolate(single_line(change.label, limit=MAX_WORD_LENGTH))
    if change.new is None or _looks_unchanged(change.old, change.new):
        return f"{label} changed"
    arrow = "" if change.old is None else f"{_side(change.old)} → "
    return f"{label} {arrow}{_side(change.new)}"


def _looks_unchanged(old: str | None, new: str) -> bool:
    """Whether the two are alike as far as the card shows them, as long texts are that differ near their end."""
    return old is not None and _side(old) == _side(new)


def _side(value: str) -> str:
    return isolate(single_line(value, limit=MAX_VALUE_LENGTH)) or EMPTY


def _people(people: Sequence[str]) -> str:
    if not people:
        return "Changed in Dynamics 365"
    names = [escape_word(name) for name in people]
    if len(names) <= _PEOPLE_NAMED:
        return " and ".join(names)
    others = len(names) - _PEOPLE_NAMED
    return f"{', '.join(names[:_PEOPLE_NAMED])} and {others} other{'s' if others > 1 else ''}"
