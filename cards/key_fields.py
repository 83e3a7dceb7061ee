"""Card for changed key fields and lifecycle changes of a record (spec K2, K12)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cards.buttons import Button
from cards.elements import Element, TextBlock
from cards.mentions import Mention
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
from cards.words import and_list, plural

MAX_VALUE_LENGTH = 100
"""Characters of the old and of the new value. Both together are as long as a value of a note."""
_LONGEST_SENTENCE = 400
_PEOPLE_NAMED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A changed column. `old` is None if it is not known. `new` is None if the card must not show it."""

    label: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFieldsView:
    """The changes, the people who made them, and the time of the last one."""

    record: RecordHeader
    changes: tuple[Change, ...]
    people: tuple[str, ...]
    at: datetime
    news: tuple[str, ...] = ()
    """Sentences about lifecycle changes."""
    buttons: tuple[Button, ...] = ()
    """Actions in addition to opening the record."""
    first: Button | None = None
    """Button beside the one that opens the record."""
    personal_view: PersonalView | None = None
    mention: Mention | None = None
    """The owner, if the card mentions them."""


def key_fields(view: KeyFieldsView) -> Message:
    """Return the card with the old and new value of each field, lifecycle changes, people, time, and buttons."""
    body = heading(view.record)
    if view.changes or not (view.news or view.mention):
        body += change_facts(view.changes)
    body += [TextBlock(escape(sentence, limit=_LONGEST_SENTENCE)) for sentence in view.news]
    body += [view.mention.line(view.record.kind)] if view.mention else []
    body.append(byline(f"{name_people(view.people)} · {local_time(view.at)}"))
    card = record_card(
        view.record,
        body,
        view.buttons,
        first=view.first,
        refresh=refresh(view.personal_view),
        mentions=[view.mention.entity] if view.mention else [],
    )
    return Message(card=card, summary=_summary(view))


def _summary(view: KeyFieldsView) -> str:
    if view.changes:
        return summarize(view.record, view.changes)
    said = [single_line(sentence) for sentence in view.news]
    said += [view.mention.sentence(view.record.kind)] if view.mention else []
    return f"{display_name(view.record)}: {' '.join(said)}"


def change_facts(changes: Sequence[Change]) -> list[Element]:
    """Return the old and new value of each field as facts."""
    return fact_set([(change.label, change_value(change)) for change in changes])


def summarize(record: RecordHeader, changes: Sequence[Change]) -> str:
    """Return the changes as one line for the feed and for screen readers."""
    said = "; ".join(_change_text(change) for change in changes)
    return f"{display_name(record)}: {said}"


def change_value(change: Change) -> str:
    """Return the old and the new value as text of a card."""
    if change.new is None or _looks_unchanged(change.old, change.new):
        return "changed"
    new = bold(escape_value(change.new, limit=MAX_VALUE_LENGTH))
    return new if change.old is None else f"{escape_value(change.old, limit=MAX_VALUE_LENGTH)} → {new}"


def _change_text(change: Change) -> str:
    label = isolate(single_line(change.label, limit=MAX_WORD_LENGTH))
    if change.new is None or _looks_unchanged(change.old, change.new):
        return f"{label} changed"
    arrow = "" if change.old is None else f"{_short_value(change.old)} → "
    return f"{label} {arrow}{_short_value(change.new)}"


def _looks_unchanged(old: str | None, new: str) -> bool:
    """Check whether both values look the same on the card, such as long texts that differ only near their end."""
    return old is not None and _short_value(old) == _short_value(new)


def _short_value(value: str) -> str:
    return isolate(single_line(value, limit=MAX_VALUE_LENGTH)) or EMPTY


def name_people(people: Sequence[str]) -> str:
    """Return the people who made a change as text of a card."""
    if not people:
        return "Changed in Dynamics 365"
    names = [escape_word(name) for name in people]
    if len(names) <= _PEOPLE_NAMED:
        return and_list(names)
    others = len(names) - _PEOPLE_NAMED
    return and_list([*names[:_PEOPLE_NAMED], plural(others, "1 other person", f"{others} other people")])
