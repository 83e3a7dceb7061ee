"""The records that a chat is connected to."""

from dataclasses import dataclass
from datetime import datetime

from cards import elements
from cards.buttons import button
from cards.message import Message
from cards.record import RecordHead, byline, dotted, name, open_button, word
from cards.text import EMPTY, line, moment, plain

ROWS_AT_MOST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRow:
    """A connected record."""

    record: RecordHead
    connected_by: str
    connected_at: datetime
    paused_at: datetime | None = None
    """Since when the chat is told nothing of the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordListView:
    """The rows, how many records the person cannot open, and how many more there are than the card shows."""

    title: str
    rows: tuple[RecordRow, ...]
    hidden: int
    more: int = 0


def record_list(view: RecordListView) -> Message:
    """The title and a row for each record with the button that opens it."""
    if len(view.rows) > ROWS_AT_MOST:
        raise ValueError(f"a list of records has {ROWS_AT_MOST} rows at most")
    body: list[elements.Element] = [elements.TextBlock(plain(view.title), weight="Bolder")]
    body += [_row(row) for row in view.rows]
    rest = rest_of(len(view.rows), view.hidden, view.more)
    if rest:
        body.append(byline(rest))
    return Message(card=elements.AdaptiveCard(body, full_width=True), summary=line(view.title))


def _row(row: RecordRow) -> elements.Element:
    record = row.record
    connected = f"Connected by {word(row.connected_by)} · {moment(row.connected_at)}"
    words: list[elements.Element] = [
        elements.TextBlock(name(record.name or record.kind)),
        elements.TextBlock(dotted(record.kind, record.number) or EMPTY, size="Small", subtle=True, spacing="None"),
        elements.TextBlock(connected, size="Small", subtle=True, spacing="None"),
    ]
    if row.paused_at:
        words.append(elements.TextBlock(f"Paused since {moment(row.paused_at)}", size="Small", spacing="None"))
    open_record = elements.ActionSet([button(open_button(record))])
    columns = [elements.Column(words, width="stretch"), elements.Column([open_record], width="auto")]
    return elements.Container([elements.ColumnSet(columns)], separated=True)


def rest_of(shown: int, hidden: int, more: int) -> str:
    """What a list of so many rows does not show, in words; empty where it shows all."""
    noun = "more" if shown else "record" if hidden == 1 else "records"
    unseen = f"{hidden} {noun} that you cannot open." if hidden else ""
    left = f"{more} more {'is' if more == 1 else 'are'} not shown." if more else ""
    return f"{unseen} {left}".strip()
