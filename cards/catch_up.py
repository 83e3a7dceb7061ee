"""Summary card of the changes that a chat missed (spec K9)."""

from dataclasses import dataclass
from datetime import datetime

from cards import elements
from cards.buttons import Button, render_button
from cards.key_fields import Change, change_facts, summarize
from cards.message import Rendered, message
from cards.personal_view import PersonalView, refresh
from cards.record import RecordHeader, byline, display_name, join_with_dots, long_name, open_button
from cards.summary import hidden_records
from cards.text import EMPTY, escape, local_time, single_line
from cards.translator import Translator

MAX_RECORDS = 5
_LONGEST_NAME = 100
_LONGEST_SENTENCE = 700


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
    title: str
    lead: str = ""
    """Sentence below the title."""
    more: int = 0
    """Number of further records, besides those in `records`."""
    hidden: int = 0
    """Number of records that the reader cannot open."""
    card_buttons: tuple[Button, ...] = ()
    """Buttons of the whole card."""
    personal_view: PersonalView | None = None


@message
def catch_up(t: Translator, view: CatchUpView) -> Rendered:
    """Return the card with each record's name, its changes, and the button that opens it."""
    title, lead = t.show(view.title), t.show(view.lead)
    shown, sentences = view.records[:MAX_RECORDS], _sentences(t, view)
    body: list[elements.Element] = [elements.TextBlock(title, size="Medium", weight="Bolder")]
    if lead:
        body.append(elements.TextBlock(escape(lead, limit=_LONGEST_SENTENCE), subtle=True, spacing="None"))
    body += [row for each in shown for row in _record_rows(t, each)]
    body += [
        elements.Container([elements.TextBlock(escape(sentence, limit=_LONGEST_SENTENCE))], separated=True)
        for sentence in sentences
    ]
    body += [*hidden_records(t, view.hidden), byline(_as_of(t, view))]
    opening = f"{title} ({single_line(lead)})" if lead else title
    said = [*(_summary(t, each) for each in shown), *sentences]
    buttons = [render_button(t, each) for each in view.card_buttons]
    card = elements.AdaptiveCard(body, actions=buttons, refresh=refresh(t, view.personal_view))
    return Rendered(card=card, summary=_with_details(t, opening, " – ".join(said)))


def _with_details(t: Translator, label: str, details: str) -> str:
    return t("{label}: {value}", label=label, value=details) if details else label


def _as_of(t: Translator, view: CatchUpView) -> str:
    more = view.more + max(0, len(view.records) - MAX_RECORDS)
    as_of = t("As of {time}", time=local_time(view.at))
    if not more:
        return as_of
    return f"{t.plural(more, '1 more record changed', '{count} more records changed')} · {as_of}"


def _sentences(t: Translator, view: CatchUpView) -> list[str]:
    """Return the sentences about deleted records, and about those that cannot be read; they name some of many."""
    deleted = t.plural(
        len(view.deleted),
        "{names} was deleted in Dynamics 365. This chat is no longer connected to it.",
        "{names} were deleted in Dynamics 365. This chat is no longer connected to them.",
        names=_names(t, view.deleted),
    )
    unreadable = t.plural(
        len(view.unreadable),
        "{names} cannot be read at the moment. Open it to see what changed.",
        "{names} cannot be read at the moment. Open them to see what changed.",
        names=_names(t, view.unreadable),
    )
    return [*([deleted] if view.deleted else []), *([unreadable] if view.unreadable else [])]


def _names(t: Translator, records: tuple[str, ...]) -> str:
    shown = [single_line(each, limit=_LONGEST_NAME) for each in records[:MAX_RECORDS]]
    more = len(records) - len(shown)
    return t.and_list([*shown, t("{count} more", count=more)] if more else shown)


def _record_rows(t: Translator, each: CatchUp) -> list[elements.Element]:
    record = each.record
    words: list[elements.Element] = [
        elements.TextBlock(long_name(t, record), weight="Bolder"),
        elements.TextBlock(
            join_with_dots(t, record.kind, record.number) or EMPTY, size="Small", subtle=True, spacing="None"
        ),
    ]
    facts = change_facts(t, each.changes) if each.changes else []
    news = [elements.TextBlock(escape(t.show(sentence), limit=_LONGEST_SENTENCE)) for sentence in each.news]
    buttons = elements.ActionSet([render_button(t, button) for button in (open_button(t, record), *each.buttons)])
    return [elements.Container([*words, *facts, *news, buttons], separated=True)]


def _summary(t: Translator, each: CatchUp) -> str:
    """Return the changes and the news as one line for the feed and for screen readers."""
    changes = summarize(t, each.record, each.changes) if each.changes else display_name(t, each.record)
    news = t.sentences(*(single_line(t.show(sentence)) for sentence in each.news))
    return _with_details(t, changes, news)
