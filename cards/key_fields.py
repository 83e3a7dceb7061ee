"""The card that tells of changed key fields (spec K2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cards.buttons import button
from cards.elements import AdaptiveCard
from cards.message import Message
from cards.record import RecordHead, byline, called, fact_set, heading, open_button
from cards.text import EMPTY, bold, moment, plain, shortened

LONGEST_SIDE = 100
"""Characters of each of the two values: together they are as long as one value of a note."""
LONGEST_SUMMARY = 200
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


def key_fields(view: KeyFieldsView) -> Message:
    """Eyebrow, title, old and new value of each field, who and when, and the button that opens the record."""
    body = heading(view.record)
    body.append(fact_set([(change.label, _shown(change)) for change in view.changes]))
    body.append(byline(f"{plain(_people(view.people))} · {moment(view.at)}"))
    card = AdaptiveCard(body, actions=[button(open_button(view.record))])
    said = "; ".join(_said(change) for change in view.changes)
    return Message(card=card, summary=shortened(f"{called(view.record)}: {said}", LONGEST_SUMMARY))


def _shown(change: Change) -> str:
    if change.new is None:
        return "changed"
    new = bold(plain(change.new, limit=LONGEST_SIDE) or EMPTY)
    if change.old is None:
        return new
    return f"{plain(change.old, limit=LONGEST_SIDE) or EMPTY} → {new}"


def _said(change: Change) -> str:
    """The change as a line of text, for the feed and for screen readers."""
    if change.new is None:
        return f"{change.label} changed"
    arrow = "" if change.old is None else f"{_line(change.old)} → "
    return f"{change.label} {arrow}{_line(change.new)}"


def _line(value: str) -> str:
    return shortened(" ".join(value.split()), LONGEST_SIDE) or EMPTY


def _people(names: Sequence[str]) -> str:
    if not names:
        return "Changed in Dynamics 365"
    if len(names) <= _PEOPLE_NAMED:
        return " and ".join(names)
    others = len(names) - _PEOPLE_NAMED
    return f"{', '.join(names[:_PEOPLE_NAMED])} and {others} other{'s' if others > 1 else ''}"
