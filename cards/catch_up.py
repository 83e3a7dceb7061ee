"""Summary card of the changes that a chat missed (spec K9)."""

from dataclasses import dataclass
from datetime import datetime

from cards import elements
from cards.buttons import Button, render_button
from cards.key_fields import Change, change_facts, summarize
from cards.message import Message
from cards.personal_view import PersonalView, refresh
from cards.record import RecordHeader, byline, display_name, escape_name, join_with_dots, open_button
from cards.summary import hidden_records
from cards.text import EMPTY, escape, local_time, single_line
from cards.words import and_list, plural

MAX_RECORDS = 5
_LONGEST_NAME = 100
_LONGEST_SENTENCE = 700
AWAY = "While I was away"
"""Title of a summary after an outage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatchUp:
    """A record, the net changes of its key fields, and what else happened to it."""

    record: RecordHeader
    changes: tuple[Change, ...]
    news: tuple[str, ...] = ()
    """Sentences about lifecycle changes."""
    buttons: tuple[Button, ...] = ()
    """Responses to the lifecycle changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatchUpView:
    """The chat's records with missed changes, and the time of the summary."""

    records: tuple[CatchUp, ...]
    at: datetime
    deleted: tuple[str, ...] = ()
    """Names of deleted records."""
    unreadable: tuple[str, ...] = ()
    """Names of records that cannot be read at the moment."""
    title: str = AWAY
    lead: str = ""
    """Sentence below the title."""
    more: int = 0
    """Number of further records, besides those in `records`."""
    hidden: int = 0
    """Number of records that the reader cannot open."""
    card_buttons: tuple[Button, ...] = ()
    """Buttons of the whole card."""
    personal_view: PersonalView | None = None


def catch_up(view: CatchUpView) -> Message:
    """Return the card with each record's name, its changes, and the button that opens it."""
    body: list[elements.Element] = [elements.TextBlock(view.title, size="Medium", weight="Bolder")]
    if view.lead:
        body.append(elements.TextBlock(escape(view.lead, limit=_LONGEST_SENTENCE), subtle=True, spacing="None"))
    for each in view.records[:MAX_RECORDS]:
        body += _record_rows(each)
    sentences = [_deleted_sentence(view.deleted)] if view.deleted else []
    sentences += [_unreadable_sentence(view.unreadable)] if view.unreadable else []
    body += [
        elements.Container([elements.TextBlock(escape(sentence, limit=_LONGEST_SENTENCE))], separated=True)
        for sentence in sentences
    ]
    body += hidden_records(view.hidden)
    more = view.more + max(0, len(view.records) - MAX_RECORDS)
    as_of = f"As of {local_time(view.at)}"
    body.append(byline(f"{_more(more)} · {as_of}" if more > 0 else as_of))
    opening = f"{view.title} ({single_line(view.lead)})" if view.lead else view.title
    said = [_summary(each) for each in view.records[:MAX_RECORDS]]
    said += sentences
    buttons = [render_button(each) for each in view.card_buttons]
    card = elements.AdaptiveCard(body, actions=buttons, refresh=refresh(view.personal_view))
    return Message(card=card, summary=f"{opening}: {' – '.join(said)}" if said else opening)


def _deleted_sentence(deleted: tuple[str, ...]) -> str:
    """Return the sentence about deleted records, which names only some of many."""
    sentence = plural(
        len(deleted),
        "{names} was deleted in Dynamics 365. This chat is no longer connected to it.",
        "{names} were deleted in Dynamics 365. This chat is no longer connected to them.",
    )
    return sentence.format(names=_names(deleted))


def _unreadable_sentence(unreadable: tuple[str, ...]) -> str:
    """Return the sentence about records that cannot be read, which names only some of many."""
    sentence = plural(
        len(unreadable),
        "{names} cannot be read at the moment. Open it to see what changed.",
        "{names} cannot be read at the moment. Open them to see what changed.",
    )
    return sentence.format(names=_names(unreadable))


def _names(records: tuple[str, ...]) -> str:
    shown = [single_line(each, limit=_LONGEST_NAME) for each in records[:MAX_RECORDS]]
    more = len(records) - len(shown)
    return and_list([*shown, f"{more} more"] if more else shown)


def _more(count: int) -> str:
    return plural(count, "1 more record changed", f"{count} more records changed")


def _record_rows(each: CatchUp) -> list[elements.Element]:
    record = each.record
    words: list[elements.Element] = [
        elements.TextBlock(escape_name(record.name or record.kind), weight="Bolder"),
        elements.TextBlock(
            join_with_dots(record.kind, record.number) or EMPTY, size="Small", subtle=True, spacing="None"
        ),
    ]
    facts = change_facts(each.changes) if each.changes else []
    news = [elements.TextBlock(escape(sentence, limit=_LONGEST_SENTENCE)) for sentence in each.news]
    buttons = elements.ActionSet([render_button(button) for button in (open_button(record), *each.buttons)])
    return [elements.Container([*words, *facts, *news, buttons], separated=True)]


def _summary(each: CatchUp) -> str:
    """Return the changes and the news as one line for the feed and for screen readers."""
    changes = summarize(each.record, each.changes) if each.changes else display_name(each.record)
    news = " ".join(single_line(sentence) for sentence in each.news)
    return f"{changes}: {news}" if news else changes
