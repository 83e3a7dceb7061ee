"""The card that sums up what a chat missed (spec K9)."""

from dataclasses import dataclass
from datetime import datetime

from cards import elements
from cards.buttons import button
from cards.key_fields import Change, change_facts, said_of
from cards.message import Message
from cards.record import RecordHead, byline, dotted, name, open_button
from cards.text import EMPTY, moment

RECORDS_AT_MOST = 5
_TITLE = "While I was away"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaughtUp:
    """A record and the net change of its key fields."""

    record: RecordHead
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaughtUpView:
    """The chat's records of which something was missed, and as of when."""

    records: tuple[CaughtUp, ...]
    at: datetime


def caught_up(view: CaughtUpView) -> Message:
    """A title, and for each record its name, what changed, and the button that opens it."""
    body: list[elements.Element] = [elements.TextBlock(_TITLE, size="Medium", weight="Bolder")]
    for each in view.records[:RECORDS_AT_MOST]:
        body += _record(each)
    more = len(view.records) - RECORDS_AT_MOST
    rest = f"{more} more {'record' if more == 1 else 'records'} changed · as" if more > 0 else "As"
    body.append(byline(f"{rest} of {moment(view.at)}"))
    said = " – ".join(said_of(each.record, each.changes) for each in view.records[:RECORDS_AT_MOST])
    return Message(card=elements.AdaptiveCard(body), summary=f"{_TITLE}: {said}")


def _record(each: CaughtUp) -> list[elements.Element]:
    record = each.record
    words: list[elements.Element] = [
        elements.TextBlock(name(record.name or record.kind), weight="Bolder"),
        elements.TextBlock(dotted(record.kind, record.number) or EMPTY, size="Small", subtle=True, spacing="None"),
    ]
    open_record = elements.ActionSet([button(open_button(record))])
    return [elements.Container([*words, *change_facts(each.changes), open_record], separated=True)]
