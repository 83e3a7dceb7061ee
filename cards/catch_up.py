"""The card that sums up what a chat missed (spec K9)."""

from dataclasses import dataclass
from datetime import datetime

from cards import elements
from cards.buttons import render_button
from cards.key_fields import Change, change_facts, summarize
from cards.message import Message
from cards.record import RecordHeader, byline, escape_name, join_with_dots, open_button
from cards.text import EMPTY, escape, local_time, single_line

MAX_RECORDS = 5
_LONGEST_NAME = 100
_LONGEST_SENTENCE = 700
_TITLE = "While I was away"


@dataclass(frozen=True, slots=True, kw_only=True)
class CatchUp:
    """A record and the net change of its key fields."""

    record: RecordHeader
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CatchUpView:
    """The chat's records of which something was missed, and as of when."""

    records: tuple[CatchUp, ...]
    at: datetime
    deleted: tuple[str, ...] = ()
    """What people called the records that are gone."""


def catch_up(view: CatchUpView) -> Message:
    """A title, and for each record its name, what changed, and the button that opens it."""
    body: list[elements.Element] = [elements.TextBlock(_TITLE, size="Medium", weight="Bolder")]
    for each in view.records[:MAX_RECORDS]:
        body += _record(each)
    if view.deleted:
        body.append(
            elements.Container(
                [elements.TextBlock(escape(_gone(view.deleted), limit=_LONGEST_SENTENCE))], separated=True
            )
        )
    more = len(view.records) - MAX_RECORDS
    rest = f"{more} more {'record' if more == 1 else 'records'} changed · as" if more > 0 else "As"
    body.append(byline(f"{rest} of {local_time(view.at)}"))
    said = [summarize(each.record, each.changes) for each in view.records[:MAX_RECORDS]]
    said += [_gone(view.deleted)] * bool(view.deleted)
    return Message(card=elements.AdaptiveCard(body), summary=f"{_TITLE}: {' – '.join(said)}")


def _gone(deleted: tuple[str, ...]) -> str:
    """The sentence about records that are gone; it can be of many, and then names some."""
    shown = [single_line(each, limit=_LONGEST_NAME) for each in deleted[:MAX_RECORDS]]
    more = len(deleted) - len(shown)
    names = ", ".join([*shown, f"{more} more"] if more else shown)
    was, them = ("was", "it") if len(deleted) == 1 else ("were", "them")
    return f"{names} {was} deleted in Dynamics 365. This chat is no longer connected to {them}."


def _record(each: CatchUp) -> list[elements.Element]:
    record = each.record
    words: list[elements.Element] = [
        elements.TextBlock(escape_name(record.name or record.kind), weight="Bolder"),
        elements.TextBlock(
            join_with_dots(record.kind, record.number) or EMPTY, size="Small", subtle=True, spacing="None"
        ),
    ]
    open_record = elements.ActionSet([render_button(open_button(record))])
    return [elements.Container([*words, *change_facts(each.changes), open_record], separated=True)]
