"""Card for changed key fields and lifecycle changes of a record (spec K2, K12)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cards.buttons import Button
from cards.elements import Element, TextBlock
from cards.mentions import Mention
from cards.message import Rendered, message
from cards.personal_view import PersonalView, refresh
from cards.record import (
    MAX_WORD_LENGTH,
    RecordHeader,
    byline,
    display_name,
    escape_word,
    fact_set,
    heading,
    open_buttons,
    record_card,
    show_value,
)
from cards.text import EMPTY, bold, escape, isolate, local_time, single_line
from cards.translator import Translator

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


@message
def key_fields(t: Translator, view: KeyFieldsView) -> Rendered:
    """Return the card with the old and new value of each field, lifecycle changes, people, time, and buttons."""
    body = heading(t, view.record)
    if view.changes or not (view.news or view.mention):
        body += change_facts(t, view.changes)
    body += [TextBlock(escape(t.show(sentence), limit=_LONGEST_SENTENCE)) for sentence in view.news]
    body += [view.mention.line(t, view.record.kind)] if view.mention else []
    body.append(byline(f"{name_people(t, view.people)} · {local_time(view.at)}"))
    card = record_card(
        t,
        body,
        open_buttons(t, view.record, view.first),
        view.buttons,
        refresh=refresh(t, view.personal_view),
        mentions=[view.mention.entity] if view.mention else [],
    )
    return Rendered(card=card, summary=_summary(t, view))


def _summary(t: Translator, view: KeyFieldsView) -> str:
    if view.changes:
        return summarize(t, view.record, view.changes)
    said = [single_line(t.show(sentence)) for sentence in view.news]
    said += [view.mention.sentence(t, view.record.kind)] if view.mention else []
    return t("{label}: {value}", label=display_name(t, view.record), value=t.sentences(*said))


def change_facts(t: Translator, changes: Sequence[Change]) -> list[Element]:
    """Return the old and new value of each field as facts."""
    return fact_set(t, [(change.label, change_value(t, change)) for change in changes])


def summarize(t: Translator, record: RecordHeader, changes: Sequence[Change]) -> str:
    """Return the changes as one line for the feed and for screen readers."""
    said = "; ".join(_change_text(t, change) for change in changes)
    return t("{label}: {value}", label=display_name(t, record), value=said)


def change_value(t: Translator, change: Change) -> str:
    """Return the old and the new value as text of a card."""
    old, new = _values(t, change)
    if new is None or _looks_unchanged(old, new):
        return t("changed")
    shown = bold(show_value(t, change.new or "", limit=MAX_VALUE_LENGTH))
    if change.old is None:
        return shown
    return t("{old} → {new}", old=show_value(t, change.old, limit=MAX_VALUE_LENGTH), new=shown)


def _change_text(t: Translator, change: Change) -> str:
    label = isolate(single_line(t.show(change.label), limit=MAX_WORD_LENGTH))
    old, new = _values(t, change)
    if new is None or _looks_unchanged(old, new):
        return t("{field} changed", field=label)
    if old is None:
        return t("{field} {value}", field=label, value=_short_value(new))
    return t("{field} {old} → {new}", field=label, old=_short_value(old), new=_short_value(new))


def _values(t: Translator, change: Change) -> tuple[str | None, str | None]:
    old, new = change.old, change.new
    return (None if old is None else t.show(old), None if new is None else t.show(new))


def _looks_unchanged(old: str | None, new: str) -> bool:
    """Check whether both values look the same on the card, such as long texts that differ only near their end."""
    return old is not None and _short_value(old) == _short_value(new)


def _short_value(value: str) -> str:
    return isolate(single_line(value, limit=MAX_VALUE_LENGTH)) or EMPTY


def name_people(t: Translator, people: Sequence[str]) -> str:
    """Return the people who made a change as text of a card."""
    if not people:
        return t("Changed in Dynamics 365")
    names = [escape_word(t.show(name)) for name in people]
    if len(names) <= _PEOPLE_NAMED:
        return t.and_list(names)
    others = len(names) - _PEOPLE_NAMED
    return t.and_list([*names[:_PEOPLE_NAMED], t.plural(others, "1 other person", "{count} other people")])
