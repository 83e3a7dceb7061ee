"""The card that tells of changed key fields, and of turns in a record's life (spec K2, K12)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cards.buttons import Button
from cards.elements import Element, TextBlock
from cards.message import Message
from cards.personal_view import OwnView, refresh_of
from cards.record import LONGEST_WORD, RecordHead, byline, called, fact_set, heading, record_card, shown, word
from cards.text import EMPTY, bold, isolated, line, moment, plain

LONGEST_SIDE = 100
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

    record: RecordHead
    changes: tuple[Change, ...]
    people: tuple[str, ...]
    at: datetime
    news: tuple[str, ...] = ()
    """What became of the record as a whole, each a sentence."""
    buttons: tuple[Button, ...] = ()
    """What can be done about it, beside opening the record."""
    first: Button | None = None
    """Stands beside the button that opens the record."""
    own: OwnView | None = None


def key_fields(view: KeyFieldsView) -> Message:
    """Eyebrow, title, old and new value of each field, what became of the record, who and when, and the buttons."""
    body = heading(view.record)
    if view.changes or not view.news:
        body += change_facts(view.changes)
    body += [TextBlock(plain(sentence, limit=_LONGEST_SENTENCE)) for sentence in view.news]
    body.append(byline(f"{_people(view.people)} · {moment(view.at)}"))
    card = record_card(view.record, body, view.buttons, first=view.first, refresh=refresh_of(view.own))
    return Message(card=card, summary=_summary(view))


def _summary(view: KeyFieldsView) -> str:
    if view.changes:
        return said_of(view.record, view.changes)
    return f"{called(view.record)}: {' '.join(line(sentence) for sentence in view.news)}"


def change_facts(changes: Sequence[Change]) -> list[Element]:
    """Old and new value of each field."""
    return fact_set([(change.label, _told(change)) for change in changes])


def said_of(record: RecordHead, changes: Sequence[Change]) -> str:
    """The changes as a line of text, for the feed and for screen readers."""
    said = "; ".join(_said(change) for change in changes)
    return f"{called(record)}: {said}"


def _told(change: Change) -> str:
    if change.new is None or _looks_unchanged(change.old, change.new):
        return "changed"
    new = bold(shown(change.new, limit=LONGEST_SIDE))
    return new if change.old is None else f"{shown(change.old, limit=LONGEST_SIDE)} → {new}"


def _said(change: Change) -> str:
    label = isolated(line(change.label, limit=LONGEST_WORD))
    if change.new is None or _looks_unchanged(change.old, change.new):
        return f"{label} changed"
    arrow = "" if change.old is None else f"{_side(change.old)} → "
    return f"{label} {arrow}{_side(change.new)}"


def _looks_unchanged(old: str | None, new: str) -> bool:
    """Whether the two are alike as far as the card shows them, as long texts are that differ near their end."""
    return old is not None and _side(old) == _side(new)


def _side(value: str) -> str:
    return isolated(line(value, limit=LONGEST_SIDE)) or EMPTY


def _people(people: Sequence[str]) -> str:
    if not people:
        return "Changed in Dynamics 365"
    names = [word(name) for name in people]
    if len(names) <= _PEOPLE_NAMED:
        return " and ".join(names)
    others = len(names) - _PEOPLE_NAMED
    return f"{', '.join(names[:_PEOPLE_NAMED])} and {others} other{'s' if others > 1 else ''}"
